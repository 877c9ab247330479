/**
 * The media plane without the addon: the same sessions, compiled to WebAssembly, on the event loop. Slower, and its packets wait when the loop
 * is busy; otherwise the same in every respect, as `native-dsp/src/media-plane.ts` promises it. Chosen by the gateway's factory.
 */
import {
  type EndInputReason,
  type HostPlace,
  isNativeError,
  type MediaPlane,
  type MediaPlaneOptions,
  type NodeState,
  nativeError,
  type PipelineMetrics,
  type PlaneBatch,
  type PlaneClosed,
  type PlaneMediaOptions,
  type PlaneSessionOptions,
  type PlaneStats,
  type PlaneTotals,
  type SessionStats,
} from '@remotemedia/native-dsp';
import type { SessionEvent, WasmModule } from '@remotemedia/native-dsp/wasm';
import { checkedRemote, checkIp, keyOf } from './address.js';
import { Clock } from './clock.js';
import { DISCARDS, type Discard, zeros } from './counters.js';
import { kindOf, readStun } from './datagram.js';
import { Deadlines } from './deadlines.js';
import { checkedOptions, checkUfrag } from './options.js';
import { emptyBatch, Outbox } from './outbox.js';
import { raisePriority } from './priority.js';
import { Routes } from './routes.js';
import { PlaneSession } from './session.js';
import { Slots } from './slots.js';
import { UdpPort } from './socket.js';
import { noTotals, sumOf } from './totals.js';

/** The longest datagram that is taken: an Ethernet frame's worth. */
const MAX_DATAGRAM_BYTES = 1500;

interface Entry {
  readonly session: PlaneSession;
  /** It ended by itself, and waits to be closed. */
  isOver: boolean;
}

export class WasmPlane implements MediaPlane {
  readonly #module: WasmModule;
  readonly #clock = new Clock();
  readonly #routes = new Routes();
  readonly #slots: Slots<Entry>;
  readonly #maxSessions: number;
  readonly #isMeasured: boolean;
  readonly #outbox: Outbox;
  readonly #deadlines = new Deadlines(
    () => this.#clock.nowUs(),
    (handle) => this.#work(handle, (session) => session.timeout()),
  );
  readonly #udp: UdpPort;
  readonly #lowerPriority: () => void;
  readonly #discarded = zeros(DISCARDS);
  /** Of closed sessions. */
  #past = noTotals();
  #received = 0;
  #isClosed = false;

  /** @throws NativeError `bind_failed`, `invalid_options`, `invalid_address`. */
  constructor(module: WasmModule, options: MediaPlaneOptions, wake: () => void) {
    const { bindAddress, port, maxSessions, metrics } = checkedOptions(options);
    this.#module = module;
    this.#maxSessions = maxSessions;
    this.#isMeasured = metrics;
    this.#slots = new Slots(maxSessions);
    this.#outbox = new Outbox(wake);
    this.#udp = UdpPort.open(bindAddress, port, (...datagram) => this.#receive(...datagram));
    this.#lowerPriority = raisePriority();
  }

  get port(): number {
    return this.#udp.port;
  }

  openSession(options: PlaneSessionOptions): number {
    this.#checkOpen();
    const handle = this.#slots.nextHandle ?? 0;
    const measured = { ...options, metrics: this.#isMeasured };
    const session = new PlaneSession(this.#module, measured, this.#clock, {
      send: (packet, address, port) => this.#udp.send(packet, address, port),
      event: (event) => this.#passUp(handle, event),
      tap: (frame) => this.#outbox.tap({ handle, ...frame }),
      hostFrame: (frame) => this.#outbox.hostFrame({ handle, ...frame }),
    });
    checkUfrag(options.localUfrag);
    if (this.#routes.hasUfrag(options.localUfrag))
      throw nativeError('duplicate_ufrag', 'another session has this localUfrag');
    if (this.#slots.nextHandle === undefined)
      throw nativeError('too_many_sessions', `all ${this.#maxSessions} session slots are in use`);
    this.#slots.insert({ session, isOver: false });
    this.#routes.open(handle, options.localUfrag);
    session
      .prepare()
      .catch((error) => this.#end(handle, 'session_panicked', `the codec cannot be made: ${textOf(error)}`));
    return handle;
  }

  startMedia(handle: number, options: PlaneMediaOptions): void {
    this.#checkOpen();
    const { session, isOver } = this.#entry(handle);
    if (isOver) return;
    session.start(options);
    this.#claim(handle, options.remoteAddress, options.remotePort);
    this.#work(handle, () => session.flush());
  }

  setRemoteAddress(handle: number, address: string, port: number, localAddress?: string): void {
    this.#checkOpen();
    const known = checkedRemote(address, port);
    if (localAddress !== undefined) checkIp(localAddress);
    const { session } = this.#entry(handle);
    this.#claim(handle, address, port);
    session.moveTo(known, port);
  }

  sendDatagram(handle: number, data: Uint8Array, address: string, port: number, localAddress?: string): void {
    this.#checkOpen();
    const known = checkedRemote(address, port);
    if (localAddress !== undefined) checkIp(localAddress);
    this.#entry(handle);
    this.#routes.learn(keyOf(known, port), handle, this.#clock.nowUs());
    // werift may use its buffer again.
    this.#udp.send(Buffer.from(data), known, port);
  }

  drain(): PlaneBatch {
    if (this.#isClosed) return emptyBatch();
    return this.#outbox.drain((handle) => this.#slots.get(handle) !== undefined);
  }

  stats(handle: number): SessionStats {
    return this.#entry(handle).session.stats();
  }

  planeStats(): PlaneStats {
    const sessions = [...this.#slots.handles()].map((handle) => this.#slots.get(handle)!);
    return {
      sessions: this.#slots.size,
      sessions_on_threads: sessions.filter(({ session, isOver }) => session.isStarted && !isOver).length,
      // The event loop.
      threads: this.#isClosed ? 0 : 1,
      datagrams_received: this.#received,
      datagrams_sent: this.#udp.sent,
      datagrams_dropped: { ...this.#discarded },
      receive_overflows: this.#isClosed ? 0 : this.#udp.overflows,
      send_failures: this.#udp.failures,
      datagrams_forwarded: 0,
    };
  }

  metrics(handle: number): PipelineMetrics | null {
    return this.#entry(handle).session.metrics();
  }

  totals(): PlaneTotals {
    const live = [...this.#slots.handles()].map((handle) => this.#slots.get(handle)!.session.totals());
    return live.reduce(sumOf, this.#past);
  }

  endInput(handle: number, reason: EndInputReason): void {
    const { isOver } = this.#started(handle);
    if (!['mute', 'track_ended', 'flush'].includes(reason))
      throw nativeError('invalid_options', `reason is ${reason}; it must be mute, track_ended or flush`);
    if (!isOver) this.#work(handle, (session) => session.endInput(reason));
  }

  setNodeState(handle: number, nodeId: string, state: NodeState): void {
    this.#checkOpen();
    this.#entry(handle).session.setNodeState(nodeId, state);
  }

  tap(handle: number, nodeId: string, isTapped: boolean): void {
    this.#checkOpen();
    this.#entry(handle).session.tap(nodeId, isTapped);
  }

  hosts(handle: number): HostPlace[] {
    return this.#entry(handle).session.hosts;
  }

  giveHostAudio(handle: number, host: number, position: number, samples: Float32Array): number {
    return this.#started(handle).session.giveHostAudio(host, position, samples);
  }

  hostQueued(handle: number, host: number): number {
    return this.#started(handle).session.hostQueued(host);
  }

  hostLate(handle: number, host: number): number {
    return this.#started(handle).session.hostLate(host);
  }

  flushAudio(handle: number): void {
    const { session } = this.#started(handle);
    this.#outbox.flushed({ handle, framesDropped: session.flushAudio() });
  }

  closeSession(handle: number): void {
    const entry = this.#slots.remove(handle);
    if (!entry) return;
    this.#routes.close(handle);
    this.#deadlines.delete(handle);
    entry.session.end();
    this.#past = sumOf(this.#past, entry.session.totals());
  }

  close(): void {
    if (this.#isClosed) return;
    for (const handle of [...this.#slots.handles()]) this.closeSession(handle);
    this.#isClosed = true;
    this.#deadlines.close();
    this.#udp.close();
    this.#lowerPriority();
  }

  /** A datagram from the socket. Hostile: what makes no sense is counted and dropped. */
  #receive(data: Buffer, address: string, port: number): void {
    this.#received++;
    const reason = this.#take(data, address, port);
    if (reason) this.#discarded[reason]++;
  }

  /** @returns why it was not taken. */
  #take(data: Buffer, address: string, port: number): Discard | undefined {
    const nowUs = this.#clock.nowUs();
    if (data.length > MAX_DATAGRAM_BYTES) return 'oversize';
    const kind = kindOf(data);
    if (kind === 'unknown') return 'malformed';
    const source = keyOf(address, port);
    const route =
      kind === 'stun'
        ? this.#routeStun(data, source, nowUs)
        : (this.#routes.byAddress(source, nowUs) ?? 'unknown_source');
    if (typeof route === 'string') return route;
    if (kind === 'rtp' || kind === 'rtcp') return this.#media(route, nowUs, kind === 'rtcp', data);
    const fits = this.#outbox.datagram({ handle: route, data, address, port, localAddress: '' });
    return fits ? undefined : 'ring_full';
  }

  /** A request names its session, and makes its source known; answers go by their source. */
  #routeStun(data: Buffer, source: string, nowUs: number): number | Discard {
    const stun = readStun(data);
    if (stun === 'malformed') return 'malformed';
    if (stun === 'other') return this.#routes.byAddress(source, nowUs) ?? 'unknown_source';
    const handle = this.#routes.byUfrag(stun.ufrag);
    if (handle === undefined) return 'unknown_ufrag';
    this.#routes.learn(source, handle, nowUs);
    return handle;
  }

  #media(handle: number, nowUs: number, isRtcp: boolean, data: Buffer): Discard | undefined {
    if (!this.#slots.get(handle)?.session.isReady) return 'media_not_started';
    this.#work(handle, (session) => session.receive(nowUs, isRtcp, data));
    return undefined;
  }

  /** Runs one piece of a session's work. A trap, a bug or a failed graph costs that session alone. */
  #work(handle: number, work: (session: PlaneSession) => void): void {
    const entry = this.#slots.get(handle);
    if (!entry || entry.isOver) return;
    try {
      work(entry.session);
      const { failure } = entry.session;
      if (failure !== undefined) this.#end(handle, 'graph_failed', failure);
      else this.#deadlines.set(handle, entry.session.deadlineUs);
    } catch (error) {
      const code = isNativeError(error) && error.code === 'graph_failed' ? error.code : 'session_panicked';
      this.#end(handle, code, textOf(error));
    }
  }

  #end(handle: number, code: PlaneClosed['code'], message: string): void {
    const entry = this.#slots.get(handle);
    if (!entry || entry.isOver) return;
    entry.isOver = true;
    this.#deadlines.delete(handle);
    entry.session.end();
    this.#outbox.closed({ handle, code, message });
  }

  #passUp(handle: number, { json, utterance, chunk }: SessionEvent): boolean {
    return this.#outbox.event(
      { handle, json },
      utterance ? { handle, ...utterance } : undefined,
      chunk ? { handle, ...chunk } : undefined,
    );
  }

  #claim(handle: number, address: string, port: number): void {
    this.#routes.claim(keyOf(checkedRemote(address, port), port), handle, this.#clock.nowUs());
  }

  #entry(handle: number): Entry {
    const entry = this.#slots.get(handle);
    if (!entry) throw nativeError('unknown_handle', 'no session has this handle');
    return entry;
  }

  #started(handle: number): Entry {
    this.#checkOpen();
    const entry = this.#entry(handle);
    if (!entry.session.isStarted) throw nativeError('media_not_started', 'media was not started yet');
    return entry;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw nativeError('plane_closed', 'the media plane is closed');
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
