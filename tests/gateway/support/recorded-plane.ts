/**
 * A real media plane that records what it is told, and into which a test can put what no test can send: datagrams of forged senders, events.
 * Handles begin at 1, as those of the plane without media.
 */

import type { PlaneFactory } from '@remotemedia/gateway';
import type {
  EndInputReason,
  HostPlace,
  MediaPlane,
  NodeState,
  PipelineMetrics,
  PlaneBatch,
  PlaneEvent,
  PlaneMediaOptions,
  PlaneSessionOptions,
  PlaneStats,
  PlaneTotals,
  SessionStats,
} from '@remotemedia/native-dsp';

const FIRST_HANDLE = 1;

export class RecordedPlane implements MediaPlane {
  readonly media = new Map<number, PlaneMediaOptions>();
  readonly remoteAddresses: { handle: number; address: string; port: number }[] = [];
  readonly inputsEnded: { handle: number; reason: EndInputReason }[] = [];
  /** STUN and DTLS datagrams that went out. */
  readonly sent: Buffer[] = [];
  readonly #plane: MediaPlane;
  readonly #wake: () => void;
  #handle = FIRST_HANDLE;
  #injected: Pick<PlaneBatch, 'datagrams' | 'events' | 'closed'> = { datagrams: [], events: [], closed: [] };

  constructor(create: PlaneFactory, wake: () => void) {
    this.#plane = create({ bindAddress: '127.0.0.1', port: 0, threads: 1 }, wake);
    this.#wake = wake;
  }

  get port(): number {
    return this.#plane.port;
  }

  get slots(): number {
    return this.#plane.planeStats().sessions;
  }

  /** As if the latest session's peer, or someone in its name, had sent this. */
  receive(data: Buffer, address: string, port: number): void {
    this.#injected.datagrams.push({ handle: this.#handle, data, address, port, localAddress: '127.0.0.1' });
    this.#wake();
  }

  /** As if the session's graph had reported this. */
  emit(event: PlaneEvent): void {
    this.#injected.events.push(event);
    this.#wake();
  }

  fail(handle: number, message: string): void {
    this.#injected.closed.push({ handle, code: 'graph_failed', message });
    this.#wake();
  }

  openSession(options: PlaneSessionOptions): number {
    this.#handle = this.#plane.openSession(options) + FIRST_HANDLE;
    return this.#handle;
  }

  startMedia(handle: number, options: PlaneMediaOptions): void {
    this.media.set(handle, options);
    this.#plane.startMedia(handle - FIRST_HANDLE, options);
  }

  setRemoteAddress(handle: number, address: string, port: number, localAddress?: string): void {
    this.remoteAddresses.push({ handle, address, port });
    this.#plane.setRemoteAddress(handle - FIRST_HANDLE, address, port, localAddress);
  }

  sendDatagram(handle: number, data: Uint8Array, address: string, port: number, localAddress?: string): void {
    this.sent.push(Buffer.from(data));
    this.#plane.sendDatagram(handle - FIRST_HANDLE, data, address, port, localAddress);
  }

  drain(): PlaneBatch {
    const { datagrams, events, utterances, chunks, taps, hostFrames, flushed, closed, dropped } =
      this.#plane.drain();
    const injected = this.#injected;
    this.#injected = { datagrams: [], events: [], closed: [] };
    return {
      datagrams: [...datagrams.map(renumbered), ...injected.datagrams],
      events: [...events.map(renumbered), ...injected.events],
      utterances: utterances.map(renumbered),
      chunks: chunks.map(renumbered),
      taps: taps.map(renumbered),
      hostFrames: hostFrames.map(renumbered),
      flushed: flushed.map(renumbered),
      closed: [...closed.map(renumbered), ...injected.closed],
      dropped,
    };
  }

  stats(handle: number): SessionStats {
    return this.#plane.stats(handle - FIRST_HANDLE);
  }

  planeStats(): PlaneStats {
    return this.#plane.planeStats();
  }

  metrics(handle: number): PipelineMetrics | null {
    return this.#plane.metrics(handle - FIRST_HANDLE);
  }

  totals(): PlaneTotals {
    return this.#plane.totals();
  }

  endInput(handle: number, reason: EndInputReason): void {
    this.inputsEnded.push({ handle, reason });
    this.#plane.endInput(handle - FIRST_HANDLE, reason);
  }

  setNodeState(handle: number, nodeId: string, state: NodeState): void {
    this.#plane.setNodeState(handle - FIRST_HANDLE, nodeId, state);
  }

  tap(handle: number, nodeId: string, isTapped: boolean): void {
    this.#plane.tap(handle - FIRST_HANDLE, nodeId, isTapped);
  }

  hosts(handle: number): HostPlace[] {
    return this.#plane.hosts(handle - FIRST_HANDLE);
  }

  giveHostAudio(handle: number, host: number, position: number, samples: Float32Array): number {
    return this.#plane.giveHostAudio(handle - FIRST_HANDLE, host, position, samples);
  }

  hostQueued(handle: number, host: number): number {
    return this.#plane.hostQueued(handle - FIRST_HANDLE, host);
  }

  hostLate(handle: number, host: number): number {
    return this.#plane.hostLate(handle - FIRST_HANDLE, host);
  }

  flushAudio(handle: number): void {
    this.#plane.flushAudio(handle - FIRST_HANDLE);
  }

  closeSession(handle: number): void {
    this.#plane.closeSession(handle - FIRST_HANDLE);
  }

  close(): void {
    this.#plane.close();
  }
}

function renumbered<T extends { handle: number }>(entry: T): T {
  return { ...entry, handle: entry.handle + FIRST_HANDLE };
}
