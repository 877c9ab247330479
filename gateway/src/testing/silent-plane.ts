/** A media plane that only keeps accounts: no socket, no threads, no media. For unit tests of admission and of a session's life. */
import type {
  EndInputReason,
  HostPlace,
  MediaPlane,
  NativeError,
  NodeState,
  PipelineMetrics,
  PlaneBatch,
  PlaneSessionOptions,
  PlaneStats,
  PlaneTotals,
  SessionStats,
} from '@remotemedia/native-dsp';

/** What a plane tells of a session that carries no media. */
export const NO_STATISTICS: SessionStats = {
  packets_received: 0,
  bytes_received: 0,
  remote_fraction_lost: 0,
  reorder_wait_ms: 0,
  decode_errors: 0,
  restarts: 0,
  timestamps_resynchronised: 0,
  samples_concealed: 0,
  samples_silence: 0,
  samples_skipped: 0,
  packets_dropped: 0,
  rtcp_malformed: 0,
  packets_lost: 0,
  packets_duplicate: 0,
  packets_late: 0,
  packets_refused: {},
  frames_decoded: 0,
  frames_concealed: 0,
  frames_fec: 0,
  frames_red: 0,
  jitter_ms: 0,
  round_trip_ms: null,
  packets_sent: 0,
  gateway_latency_us: { p50: 0, p99: 0, max: 0, count: 0 },
  processing_us: { p50: 0, p99: 0, max: 0, count: 0 },
  events_dropped: 0,
  audio_frames_dropped: 0,
  media_time_ms: 0,
};

export class SilentPlane implements MediaPlane {
  readonly port = 8189;
  readonly opened: PlaneSessionOptions[] = [];
  readonly live = new Set<number>();
  readonly sent: { data: Uint8Array; address: string; port: number }[] = [];
  closed = false;
  /** The next openSession throws this. */
  refusal: { code: NativeError['code']; complaints?: NativeError['complaints'] } | undefined;
  #batch: PlaneBatch = empty();

  constructor(readonly wake: () => void) {}

  /** As if this had come up from the media threads. */
  deliver(batch: Partial<PlaneBatch>): void {
    this.#batch = { ...empty(), ...batch };
    this.wake();
  }

  openSession(options: PlaneSessionOptions): number {
    if (this.refusal) throw Object.assign(new Error(`refused: ${this.refusal.code}`), this.refusal);
    this.opened.push(options);
    this.live.add(this.opened.length);
    return this.opened.length;
  }

  startMedia(): void {}

  setRemoteAddress(): void {}

  sendDatagram(_handle: number, data: Uint8Array, address: string, port: number): void {
    this.sent.push({ data, address, port });
  }

  drain(): PlaneBatch {
    const batch = this.#batch;
    this.#batch = empty();
    return batch;
  }

  stats(): SessionStats {
    return NO_STATISTICS;
  }

  planeStats(): PlaneStats {
    throw new Error('nobody asks this plane');
  }

  metrics(): PipelineMetrics | null {
    return null;
  }

  totals(): PlaneTotals {
    throw new Error('nobody asks this plane');
  }

  endInput(_handle: number, _reason: EndInputReason): void {}

  setNodeState(_handle: number, _nodeId: string, _state: NodeState): void {}

  tap(_handle: number, _nodeId: string, _isTapped: boolean): void {}

  hosts(_handle: number): HostPlace[] {
    return [];
  }

  giveHostAudio(_handle: number, _host: number, _position: number, _samples: Float32Array): number {
    return 0;
  }

  hostQueued(_handle: number, _host: number): number {
    return 0;
  }

  hostLate(_handle: number, _host: number): number {
    return 0;
  }

  flushAudio(_handle: number): void {}

  closeSession(handle: number): void {
    this.live.delete(handle);
  }

  close(): void {
    this.closed = true;
  }
}

function empty(): PlaneBatch {
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
