/**
 * A media plane in TypeScript for tests of the handshake: one real UDP socket, the same demultiplexing, no media. It records what it is
 * told. Tests of media use the real one.
 */
import { createSocket, type Socket } from 'node:dgram';
import type {
  EndInputReason,
  HostPlace,
  MediaPlane,
  PlaneBatch,
  PlaneEvent,
  PlaneMediaOptions,
  PlaneSessionOptions,
  PlaneStats,
  PlaneTotals,
  SessionStats,
} from '@remotemedia/native-dsp';
import { NO_STATISTICS } from '../../../gateway/src/testing/silent-plane.js';

export class UdpPlane implements MediaPlane {
  readonly port: number;
  readonly media = new Map<number, PlaneMediaOptions>();
  readonly remoteAddresses: { handle: number; address: string; port: number }[] = [];
  readonly inputsEnded: { handle: number; reason: EndInputReason }[] = [];
  /** RTP and RTCP datagrams by handle. */
  readonly packets = new Map<number, number>();
  /** STUN and DTLS datagrams that went out. */
  readonly sent: Buffer[] = [];
  /** A network that loses, doubles or reorders: what becomes of a datagram. What comes of one that arrives is one batch. */
  arriving: (data: Buffer) => Buffer[] = (data) => [data];
  leaving: (data: Buffer) => Buffer[] = (data) => [data];
  readonly #socket: Socket;
  readonly #wake: () => void;
  readonly #handles = new Map<string, number>();
  readonly #addresses = new Map<string, number>();
  #batch = emptyBatch();
  #next = 1;

  /** @param socket bound to 127.0.0.1. */
  constructor(socket: Socket, wake: () => void) {
    this.#socket = socket;
    this.#wake = wake;
    this.port = socket.address().port;
    socket.on('message', (data, { address, port }) => this.receive(data, address, port));
  }

  get slots(): number {
    return this.#handles.size;
  }

  receive(data: Buffer, address: string, port: number): void {
    const source = `${address}:${port}`;
    const handle = this.#handles.get(ufragOf(data) ?? '') ?? this.#addresses.get(source);
    if (handle === undefined) return;
    if (data[0]! >= 128) {
      this.packets.set(handle, (this.packets.get(handle) ?? 0) + 1);
      return;
    }
    for (const one of this.arriving(data)) {
      this.#batch.datagrams.push({ handle, data: one, address, port, localAddress: '127.0.0.1' });
    }
    this.#wake();
  }

  /** As if the session's graph had reported this. */
  emit(event: PlaneEvent): void {
    this.#batch.events.push(event);
    this.#wake();
  }

  fail(handle: number, message: string): void {
    this.#batch.closed.push({ handle, code: 'graph_failed', message });
    this.#wake();
  }

  openSession({ localUfrag }: PlaneSessionOptions): number {
    this.#handles.set(localUfrag, this.#next);
    return this.#next++;
  }

  startMedia(handle: number, options: PlaneMediaOptions): void {
    this.media.set(handle, options);
  }

  setRemoteAddress(handle: number, address: string, port: number): void {
    this.remoteAddresses.push({ handle, address, port });
  }

  sendDatagram(handle: number, data: Uint8Array, address: string, port: number): void {
    this.#addresses.set(`${address}:${port}`, handle);
    this.sent.push(Buffer.from(data));
    for (const one of this.leaving(Buffer.from(data))) this.#socket.send(one, port, address);
  }

  drain(): PlaneBatch {
    const batch = this.#batch;
    this.#batch = emptyBatch();
    return batch;
  }

  stats(): SessionStats {
    return NO_STATISTICS;
  }

  planeStats(): PlaneStats {
    return {
      sessions: this.slots,
      sessions_on_threads: 0,
      threads: 0,
      datagrams_received: 0,
      datagrams_sent: 0,
      datagrams_dropped: {},
      receive_overflows: 0,
      send_failures: 0,
      datagrams_forwarded: 0,
    };
  }

  metrics(): null {
    return null;
  }

  totals(): PlaneTotals {
    throw new Error('nobody asks this plane');
  }

  endInput(handle: number, reason: EndInputReason): void {
    this.inputsEnded.push({ handle, reason });
  }

  setNodeState(): void {}

  tap(): void {}

  hosts(): HostPlace[] {
    return [];
  }

  giveHostAudio(): number {
    return 0;
  }

  hostQueued(): number {
    return 0;
  }

  hostLate(): number {
    return 0;
  }

  flushAudio(): void {}

  closeSession(handle: number): void {
    for (const [ufrag, one] of this.#handles) if (one === handle) this.#handles.delete(ufrag);
    for (const [source, one] of this.#addresses) if (one === handle) this.#addresses.delete(source);
  }

  close(): void {
    this.#socket.close();
  }
}

export async function loopbackSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

function emptyBatch(): PlaneBatch {
  return {
    datagrams: [],
    events: [],
    utterances: [],
    chunks: [],
    taps: [],
    hostFrames: [],
    flushed: [],
    closed: [],
    dropped: 0,
  };
}

/** The receiving side's name in the USERNAME (0x0006) of a STUN request. */
function ufragOf(data: Buffer): string | undefined {
  if (data.length < 20 || data[0]! > 3) return undefined;
  for (let at = 20; at + 4 <= data.length; ) {
    const length = data.readUInt16BE(at + 2);
    if (data.readUInt16BE(at) === 6) return data.toString('utf8', at + 4, at + 4 + length).split(':')[0];
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return undefined;
}
