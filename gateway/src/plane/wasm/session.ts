/**
 * One session of the plane: SRTP around the Rust session, as `native-dsp/plane/src/session.rs`. What it throws is a bug in it, and its own end.
 * Made by the plane.
 */
import type {
  EndInputReason,
  HostPlace,
  NodeState,
  PipelineMetrics,
  PlaneMediaOptions,
  PlaneSessionOptions,
  PlaneTotals,
  SessionStats,
} from '@remotemedia/native-dsp';
import { nativeError } from '@remotemedia/native-dsp';
import {
  type HeardFrame,
  type SessionEvent,
  type TappedFrame,
  WasmMediaSession,
  type WasmModule,
} from '@remotemedia/native-dsp/wasm';
import { checkedRemote, checkIp } from './address.js';
import type { Clock } from './clock.js';
import { createCodec, type OpusCodec } from './codec.js';
import { Histogram, REFUSALS, zeros } from './counters.js';
import { firstNumbers } from './first-numbers.js';
import { Srtp } from './srtp.js';

/** Where a session's results go. */
export interface SessionOutput {
  send(packet: Buffer, address: string, port: number): void;
  /** @returns false where there is no room. */
  event(event: SessionEvent): boolean;
  /** @returns false where there is no room. */
  tap(frame: TappedFrame): boolean;
  /** @returns false where there is no room. */
  hostFrame(frame: HeardFrame): boolean;
}

/** What the instance tells about itself. */
type Account = ReturnType<typeof accountOf>;

export class PlaneSession {
  readonly #clock: Clock;
  readonly #output: SessionOutput;
  readonly #latency = new Histogram();
  readonly #processing = new Histogram();
  readonly #refused = zeros(REFUSALS);
  /** Nodes outside that have a place in its graph. */
  readonly hosts: HostPlace[];
  /** The instance; undefined once it is over. */
  #media: WasmMediaSession | undefined;
  #lastAccount: Account;
  #codec: OpusCodec | undefined;
  #srtp: Srtp | undefined;
  #remote = { address: '', port: 0 };
  readonly #tapped = new Set<string>();
  #eventsDropped = 0;
  #framesDropped = 0;

  /** @throws NativeError `invalid_manifest`, `invalid_options`. */
  constructor(
    module: WasmModule,
    options: PlaneSessionOptions & { readonly metrics: boolean },
    clock: Clock,
    output: SessionOutput,
  ) {
    const { inactivityMs, encoder, pipeline, externals, metrics } = options;
    this.#clock = clock;
    this.#output = output;
    this.#media = new WasmMediaSession(module, options.manifest, {
      ...(inactivityMs === undefined ? {} : { inactivityMs }),
      ...(encoder === undefined ? {} : { encoder }),
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(externals === undefined ? {} : { externals }),
      metrics,
    });
    this.hosts = this.#media.hosts;
    this.#lastAccount = accountOf(this.#media);
  }

  /** Resolves when audio can be decoded and encoded; rejects where a codec cannot be made. */
  async prepare(): Promise<void> {
    if (!this.#media) return;
    const codec = await createCodec(this.#media.output, this.#media.encoder);
    if (!this.#media) return codec.close();
    this.#media.codec = codec;
    this.#codec = codec;
  }

  get isStarted(): boolean {
    return this.#srtp !== undefined;
  }

  /** Whether packets are taken. */
  get isReady(): boolean {
    return this.#srtp !== undefined && this.#codec !== undefined && this.#media !== undefined;
  }

  /** @throws NativeError as `MediaPlane.startMedia`. */
  start(options: PlaneMediaOptions): void {
    const { remoteAddress, remotePort, localAddress } = options;
    const address = checkedRemote(remoteAddress, remotePort);
    if (localAddress !== undefined) checkIp(localAddress);
    const [localKey, localSalt] = [Buffer.from(options.localKey), Buffer.from(options.localSalt)];
    const [remoteKey, remoteSalt] = [Buffer.from(options.remoteKey), Buffer.from(options.remoteSalt)];
    const srtp = new Srtp({ profile: options.profile, localKey, localSalt, remoteKey, remoteSalt });
    if (this.isStarted) throw nativeError('media_already_started', 'media was started before');
    const { send, receive, sendSsrc, sendPayloadType, receivePayloadType, redPayloadType, cname } = options;
    this.#media?.start({
      send,
      receive,
      sendSsrc,
      sendPayloadType,
      receivePayloadType,
      ...(redPayloadType === undefined ? {} : { redPayloadType }),
      cname,
      ...firstNumbers(),
      unixMicrosAtZero: this.#clock.unixMicrosAtZero,
    });
    this.#srtp = srtp;
    this.#remote = { address, port: remotePort };
  }

  moveTo(address: string, port: number): void {
    this.#remote = { address, port };
  }

  /** A datagram of the peer: open it, hand it to the session, send what comes of it. */
  receive(arrivalUs: number, isRtcp: boolean, datagram: Buffer): void {
    const startedUs = this.#clock.nowUs();
    const opened = isRtcp ? this.#srtp!.openRtcp(datagram) : this.#srtp!.openRtp(datagram);
    if (typeof opened === 'string') {
      this.#refused[opened]++;
      return;
    }
    if (isRtcp) this.#media!.rtcp(arrivalUs, opened);
    else this.#media!.rtp(arrivalUs, opened);
    this.flush();
    if (!isRtcp) this.#processing.record(this.#clock.nowUs() - startedUs);
  }

  timeout(): void {
    this.#media!.timeout(this.#clock.nowUs());
    this.flush();
  }

  endInput(reason: EndInputReason): void {
    this.#media!.endInput(this.#clock.nowUs(), reason);
    this.flush();
  }

  /** @throws NativeError `unknown_node`, `invalid_options`. */
  setNodeState(nodeId: string, state: NodeState): void {
    this.#media?.setNodeState(nodeId, state);
  }

  /** @throws NativeError `unknown_node`. */
  tap(nodeId: string, isTapped: boolean): void {
    this.#media?.tap(nodeId, isTapped);
    if (isTapped) this.#tapped.add(nodeId);
    else this.#tapped.delete(nodeId);
  }

  /** @returns samples per channel for which there was room. */
  giveHostAudio(host: number, position: number, samples: Float32Array): number {
    return this.#media?.giveHostAudio(host, position, samples) ?? 0;
  }

  hostQueued(host: number): number {
    return this.#media?.hostQueued(host) ?? 0;
  }

  hostLate(host: number): number {
    return this.#media?.hostLate(host) ?? 0;
  }

  /** @returns frames of 10 ms. */
  flushAudio(): number {
    return this.#media?.flushAudio() ?? 0;
  }

  /** Protects and sends every packet that waits, and passes on what was noticed. */
  flush(): void {
    const media = this.#media!;
    for (let packet = media.nextPacket(); packet; packet = media.nextPacket()) {
      const { buffer, byteOffset, length } = packet;
      const plain = Buffer.from(buffer, byteOffset, length);
      const sealed = media.isRtcp ? this.#srtp!.protectRtcp(plain) : this.#srtp!.protectRtp(plain);
      if (!sealed) continue;
      this.#output.send(sealed, this.#remote.address, this.#remote.port);
      const { arrivalUs } = media;
      if (!Number.isNaN(arrivalUs)) this.#latency.record(this.#clock.nowUs() - arrivalUs);
    }
    for (const event of media.drainEvents()) if (!this.#output.event(event)) this.#eventsDropped++;
    if (this.#tapped.size > 0)
      for (const frame of media.drainTaps()) if (!this.#output.tap(frame)) this.#framesDropped++;
    if (this.hosts.length > 0)
      for (const frame of media.drainHostFrames()) if (!this.#output.hostFrame(frame)) this.#framesDropped++;
  }

  /** When `timeout` wants to be called, in microseconds; infinity for never. */
  get deadlineUs(): number {
    return this.#media!.deadlineUs;
  }

  get failure(): string | undefined {
    return this.#media!.failure;
  }

  stats(): SessionStats {
    const own = this.#account().stats;
    return {
      ...own,
      packets_refused: { ...own.packets_refused, ...this.#refused },
      gateway_latency_us: this.#latency.quantiles(),
      processing_us: this.#processing.quantiles(),
      events_dropped: own.events_dropped + this.#eventsDropped,
      audio_frames_dropped: own.audio_frames_dropped + this.#framesDropped,
    };
  }

  /** What its pipeline has cost; null where metrics are off. */
  metrics(): PipelineMetrics | null {
    return this.#account().metrics;
  }

  /** Its part of the plane's totals. */
  totals(): PlaneTotals {
    const { stats, total } = this.#account();
    return {
      pipelines: total ? [total] : [],
      media: {
        sessions: 1,
        packets_received: stats.packets_received,
        packets_sent: stats.packets_sent,
        packets_lost: stats.packets_lost,
        packets_late: stats.packets_late,
        packets_refused: Object.values(this.#refused).reduce((sum, count) => sum + count, 0),
        frames_concealed: stats.frames_concealed,
        events_dropped: stats.events_dropped + this.#eventsDropped,
        gateway_latency: this.#latency.buckets(),
        processing: this.#processing.buckets(),
      },
    };
  }

  /** Frees what it holds, but its counters. Idempotent. */
  end(): void {
    this.#account();
    this.#media = undefined;
    this.#codec?.close();
    this.#codec = undefined;
  }

  /** The last one, where the instance is over. */
  #account(): Account {
    try {
      if (this.#media) this.#lastAccount = accountOf(this.#media);
    } catch {
      // A trapped instance tells nothing more.
    }
    return this.#lastAccount;
  }
}

function accountOf(media: WasmMediaSession) {
  return { stats: media.stats(), metrics: media.metrics(), total: media.total() };
}
