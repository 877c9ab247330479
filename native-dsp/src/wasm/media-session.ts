/**
 * The media session on WebAssembly: packets in and out, time as an argument, the codec a host's. An instance each, so that a trap costs one
 * session. The other half of this interface is `native-dsp/wasm/src/session.rs`. Made by the gateway's fallback plane.
 */
import { nativeError } from '../errors.js';
import type {
  EncoderOptions,
  EndInputReason,
  PlaneHostFrame,
  PlaneMediaOptions,
  PlaneSessionOptions,
  PlaneTap,
  SessionStats,
} from '../media-plane.js';
import type { PipelineMetrics, PipelineTotal } from '../metrics.js';
import type {
  AudioFormat,
  HostPlace,
  NodeState,
  OfflineChunk,
  OfflineUtterance,
} from '../offline-pipeline.js';
import { hostClock } from './host-clock.js';
import { WasmInstance } from './instance.js';

/** Opus, called synchronously by the session. The views are good during the call only. What it throws ends the session. */
export interface SessionCodec {
  /** Decodes a well-formed packet to 48 kHz mono and returns the number of samples; less than 0 where it cannot. */
  decode(packet: Uint8Array, pcm: Float32Array): number;
  resetDecoder(): void;
  /** Encodes interleaved samples and returns the number of bytes; less than 0 where it cannot. */
  encode(pcm: Float32Array, packet: Uint8Array): number;
  /** Whole per cent that the receiver loses. */
  setPacketLoss(percent: number): void;
}

export interface MediaSessionOptions
  extends Pick<PlaneSessionOptions, 'inactivityMs' | 'encoder' | 'pipeline' | 'externals'> {
  /** Whether its pipeline is measured. Default true. */
  readonly metrics?: boolean;
}

/** What negotiation settled, without keys and addresses, and where numbers begin. */
export interface MediaSessionStart
  extends Pick<
    PlaneMediaOptions,
    'send' | 'receive' | 'sendSsrc' | 'sendPayloadType' | 'receivePayloadType' | 'redPayloadType' | 'cname'
  > {
  readonly firstSequence: number;
  readonly firstTimestamp: number;
  /** Wall clock, in microseconds since 1970, at the moment that the host's clock calls 0. */
  readonly unixMicrosAtZero: number;
}

export interface SessionEvent {
  /** In the client's shape, without `session_id` and `seq`. */
  readonly json: string;
  readonly utterance: OfflineUtterance | null;
  /** Where nodes outside are run. */
  readonly chunk: OfflineChunk | null;
}

/** A frame for a node outside. */
export type HeardFrame = Omit<PlaneHostFrame, 'handle'>;

/** A frame of a tapped node. */
export type TappedFrame = Omit<PlaneTap, 'handle'>;

/** Something with samples, and where they are until the next call of the kind. */
type InMemory<Kind> = Omit<Kind, 'samples'> & { readonly pointer: number; readonly length: number };

/** Counters of the session itself; the plane adds those of SRTP and of time. */
export type MediaSessionStats = Omit<SessionStats, 'gateway_latency_us' | 'processing_us'>;

interface Description {
  readonly output: AudioFormat | null;
  readonly encoder: Required<EncoderOptions>;
  readonly hosts: HostPlace[];
}

interface EventInMemory extends Pick<SessionEvent, 'json'> {
  readonly utterance: InMemory<OfflineUtterance> | null;
  readonly chunk: InMemory<OfflineChunk> | null;
}

const IS_RTCP = 1 << 16;
const REFUSED = -1;

export class WasmMediaSession {
  /** Format of what would be sent; null where the graph gives no audio. */
  readonly output: AudioFormat | null;
  /** With defaults filled in. */
  readonly encoder: Required<EncoderOptions>;
  /** Nodes outside that have a place in its graph. */
  readonly hosts: HostPlace[];
  /** To be set before the first packet. */
  codec: SessionCodec | undefined;
  readonly #instance: WasmInstance;
  readonly #packet: number;
  #isRtcp = false;
  #codecFailure: { readonly cause: unknown } | undefined;

  /**
   * Compiles the manifest.
   * @throws NativeError `invalid_manifest` with all complaints, `invalid_options`.
   */
  constructor(module: WebAssembly.Module, manifest: string, options: MediaSessionOptions) {
    this.#instance = new WasmInstance(module, { codec: this.#codecImports(), host: hostClock });
    const { externals = '', ...rest } = options;
    const texts = [manifest, JSON.stringify(rest), externals].map((text) => this.#instance.give(text));
    this.#instance.call('session_open', ...texts.flat());
    const description = JSON.parse(this.#instance.reply()) as Description;
    ({ output: this.output, encoder: this.encoder, hosts: this.hosts } = description);
    this.#packet = this.#instance.call('session_packet');
  }

  /** @throws NativeError `invalid_options`, `output_not_encodable`, `media_already_started`. */
  start(start: MediaSessionStart): void {
    this.#instance.call('session_start', ...this.#instance.give(JSON.stringify(start)));
  }

  /** Takes a decrypted packet that came at `nowUs`, at most 1500 bytes. Hostile: never throws for what it holds. */
  rtp(nowUs: number, packet: Uint8Array): void {
    this.#put(packet);
    this.#drive('session_rtp', nowUs, packet.length);
  }

  /** As {@link rtp}, for a compound report. */
  rtcp(nowUs: number, packet: Uint8Array): void {
    this.#put(packet);
    this.#drive('session_rtcp', nowUs, packet.length);
  }

  /** Does what is due. */
  timeout(nowUs: number): void {
    this.#drive('session_timeout', nowUs);
  }

  endInput(nowUs: number, reason: EndInputReason): void {
    this.#drive('session_end_input', nowUs, ...this.#instance.give(reason));
  }

  /** The next packet to protect and send, undefined for none: a view, good until the next call. To be asked for after every other call. */
  nextPacket(): Uint8Array | undefined {
    const found = this.#instance.call('session_next_packet');
    this.#isRtcp = (found & IS_RTCP) !== 0;
    return found === 0 ? undefined : this.#instance.bytes(this.#packet, found & (IS_RTCP - 1));
  }

  /** Whether the packet taken last is a report. */
  get isRtcp(): boolean {
    return this.#isRtcp;
  }

  /** When the packet came that the one taken last answers, in microseconds; NaN where it answers none. */
  get arrivalUs(): number {
    return this.#instance.call('session_arrival');
  }

  /** When `timeout` must be called if nothing else happens before, in microseconds; infinity for never. */
  get deadlineUs(): number {
    return this.#instance.call('session_deadline');
  }

  drainEvents(): SessionEvent[] {
    if (this.#instance.call('session_drain_events') === 0) return [];
    const events = JSON.parse(this.#instance.reply()) as EventInMemory[];
    return events.map(({ json, utterance, chunk }) => ({
      json,
      utterance: utterance && this.#utterance(utterance),
      chunk: chunk && this.#planar(chunk),
    }));
  }

  /**
   * Switches a node off or on.
   * @throws NativeError `unknown_node`, `invalid_options`.
   */
  setNodeState(nodeId: string, state: NodeState): void {
    this.#instance.call(
      'session_set_node_state',
      ...this.#instance.give(nodeId),
      ...this.#instance.give(state),
    );
  }

  /**
   * Begins or ends to lay a node's audio by.
   * @throws NativeError `unknown_node`.
   */
  tap(nodeId: string, isTapped: boolean): void {
    this.#instance.call('session_tap', ...this.#instance.give(nodeId), isTapped ? 1 : 0);
  }

  /** Throws away what waits to be sent. @returns how many frames of 10 ms that was. */
  flushAudio(): number {
    return this.#instance.call('session_flush_audio');
  }

  /** Takes the audio of tapped nodes, oldest first for each. To be asked for after every input, where a node is tapped. */
  drainTaps(): TappedFrame[] {
    if (this.#instance.call('session_drain_taps') === 0) return [];
    const frames = JSON.parse(this.#instance.reply()) as InMemory<TappedFrame>[];
    return frames.map((frame) => this.#planar(frame));
  }

  /** Takes the frames that nodes outside are to hear, oldest first for each. To be asked for after every input. */
  drainHostFrames(): HeardFrame[] {
    if (this.#instance.call('session_drain_host_frames') === 0) return [];
    const frames = JSON.parse(this.#instance.reply()) as InMemory<HeardFrame>[];
    return frames.map((frame) => this.#planar(frame));
  }

  /**
   * Takes the answer of a node outside: for a position, or, where that is negative, after what waits already.
   * @returns how many samples per channel were taken.
   */
  giveHostAudio(host: number, position: number, samples: Float32Array): number {
    const memory = this.#instance.giveSamples(samples);
    return this.#instance.call('session_give_host_audio', host, position, ...memory);
  }

  /** Samples per channel that it gave and that are not played yet. */
  hostQueued(host: number): number {
    return this.#instance.call('session_host_queued', host);
  }

  /** For how many frames its answer had not come. */
  hostLate(host: number): number {
    return this.#instance.call('session_host_late', host);
  }

  /** Why the session cannot go on: a node failed whose policy is to end it. */
  get failure(): string | undefined {
    return this.#instance.call('session_failure') === 0 ? undefined : this.#instance.reply();
  }

  stats(): MediaSessionStats {
    this.#instance.call('session_stats');
    return JSON.parse(this.#instance.reply()) as MediaSessionStats;
  }

  /** What its pipeline has cost so far, by the host's clock; null where metrics are off. */
  metrics(): PipelineMetrics | null {
    this.#instance.call('session_metrics');
    return JSON.parse(this.#instance.reply()) as PipelineMetrics | null;
  }

  /** The same as it is added up over sessions. */
  total(): PipelineTotal | null {
    this.#instance.call('session_totals');
    return JSON.parse(this.#instance.reply()) as PipelineTotal | null;
  }

  #put(packet: Uint8Array): void {
    this.#instance.bytes(this.#packet, packet.length).set(packet);
  }

  #utterance({ pointer, length, ...rest }: InMemory<OfflineUtterance>): OfflineUtterance {
    return { ...rest, samples: this.#instance.copyInt16(pointer, length) };
  }

  /** With its samples, which are f32. */
  #planar<Kind extends { samples: Float32Array }>({ pointer, length, ...rest }: InMemory<Kind>): Kind {
    return { ...rest, samples: this.#instance.samples(pointer, length).view.slice() } as unknown as Kind;
  }

  /** Gives the session something to do. */
  #drive(name: string, ...numbers: number[]): void {
    this.#instance.call(name, ...numbers);
    if (this.#codecFailure === undefined) return;
    const { cause } = this.#codecFailure;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw nativeError('session_panicked', `the codec failed: ${reason}`, { cause });
  }

  /** Nothing that a codec throws may pass through Rust, which would take it for its own end. */
  #guarded(work: (codec: SessionCodec) => number): number {
    if (!this.codec) return REFUSED;
    try {
      return work(this.codec);
    } catch (cause) {
      this.#codecFailure ??= { cause };
      return REFUSED;
    }
  }

  #codecImports(): Record<string, (...numbers: number[]) => number> {
    const bytes = (pointer: number, length: number) => this.#instance.bytes(pointer, length);
    const samples = (pointer: number, length: number) => this.#instance.samples(pointer, length).view;
    return {
      decode: (packet, length, pcm, room) =>
        this.#guarded((codec) => codec.decode(bytes(packet!, length!), samples(pcm!, room!))),
      reset_decoder: () =>
        this.#guarded((codec) => {
          codec.resetDecoder();
          return 0;
        }),
      encode: (pcm, length, packet, room) =>
        this.#guarded((codec) => codec.encode(samples(pcm!, length!), bytes(packet!, room!))),
      set_packet_loss: (percent) =>
        this.#guarded((codec) => {
          codec.setPacketLoss(percent!);
          return 0;
        }),
    };
  }
}
