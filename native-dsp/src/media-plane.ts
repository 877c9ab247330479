/**
 * Types of the media plane: what owns the UDP port, SRTP, the sessions and their graphs. Here it is the Rust threads, and audio never
 * passes through JavaScript; the gateway has a second one, for machines without the addon. All calls return at once: they hand a
 * command to a media thread or read what it left. What a peer does wrong is counted in the statistics;
 * what a caller does wrong throws a {@link NativeError}.
 */

import type { PipelineMetrics, PlaneTotals } from './metrics.js';
import type { HostPlace, NodeState, OfflineChunk } from './offline-pipeline.js';

/** Where the plane listens and how it is spread over cores. Defaults live in Rust. */
export interface MediaPlaneOptions {
  /** IP address to bind. Default `::` with IPv4 mapped in, or `0.0.0.0` where IPv6 is off. */
  bindAddress?: string;
  /** UDP port; 0 takes a free one. Default 0. */
  port?: number;
  /** Media threads, 1 to 64. Default: one less than there are cores, at least 1. */
  threads?: number;
  /** Sessions that may be open at once, 1 to 65 535. Default 4096. */
  maxSessions?: number;
  /** Whether pipelines are measured. Default true. */
  metrics?: boolean;
}

/** How the outgoing Opus stream is coded. Absent values take the defaults of the session. */
export interface EncoderOptions {
  /** Bits per second, 6 000 to 510 000. */
  bitrate?: number;
  /** 0 (fast) to 10 (best). */
  complexity?: number;
  /** In-band forward error correction. */
  fec?: boolean;
  /** Discontinuous transmission: nearly nothing is sent during silence. */
  dtx?: boolean;
}

export interface PlaneSessionOptions {
  /** ICE user name fragment of this side; STUN requests find the session by it. 4 to 256 ICE characters. */
  localUfrag: string;
  /** Manifest v1 as JSON or YAML text. */
  manifest: string;
  /**
   * JSON of the `ExternalSpec[]` that the caller knows: it runs the parts of the pipeline outside the audio graph. Without it, a pipeline
   * with such parts is refused.
   */
  externals?: string;
  /**
   * Name under which its metrics are added up. One of a bounded set, never a client's choice; sessions without one are
   * added up together.
   */
  pipeline?: string;
  /** Silence on the wire, in ms, after which open speech is closed with reason `packet_timeout`. */
  inactivityMs?: number;
  encoder?: EncoderOptions;
}

/** What DTLS and SDP settled. Keys and salts are the DTLS-exported master ones. */
export interface PlaneMediaOptions {
  /** DTLS-SRTP profile id: 0x0001, 0x0007 or 0x0008. */
  profile: number;
  localKey: Uint8Array;
  localSalt: Uint8Array;
  remoteKey: Uint8Array;
  remoteSalt: Uint8Array;
  /** The nominated pair. */
  remoteAddress: string;
  remotePort: number;
  /** Own address of the nominated pair; default: the kernel's choice. */
  localAddress?: string;
  /** Whether processed audio goes back to the peer. */
  send: boolean;
  /** Whether audio from the peer is taken. */
  receive: boolean;
  sendSsrc: number;
  sendPayloadType: number;
  receivePayloadType: number;
  /** Payload type of RED (RFC 2198) when negotiated. */
  redPayloadType?: number;
  /** RTCP canonical name of the sender. */
  cname: string;
}

/** A STUN or DTLS datagram for werift. */
export interface PlaneDatagram {
  handle: number;
  data: Buffer;
  /** Sender. IPv4 addresses come in IPv4 notation. */
  address: string;
  port: number;
  /** Own address that it arrived at; empty where the system does not tell. */
  localAddress: string;
}

export interface PlaneEvent {
  handle: number;
  /** The event in the client's shape, without `session_id` and `seq`. */
  json: string;
}

/** Audio of an `utterance` or `audio_evidence` event, which is in the same or an earlier batch. */
export interface PlaneUtterance {
  handle: number;
  nodeId: string;
  /** Counts the utterances, or clips, of this node from 0. */
  index: number;
  /** Hz. */
  sampleRate: number;
  /** Mono. */
  samples: Int16Array;
}

/** A frame of 10 ms of a tapped node; see {@link MediaPlane.tap}. */
export interface PlaneTap {
  handle: number;
  nodeId: string;
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** First sample on the session's media timeline, in samples of this rate; below 0 where it is the silence from before. */
  mediaTimeSamples: number;
  /** Planar: as many of the first channel as of each other. */
  samples: Float32Array;
}

/** The samples of an `audio_chunk` event of a session with parts outside, in the same or an earlier batch. */
export interface PlaneChunk extends OfflineChunk {
  handle: number;
}

/** A frame of 10 ms that a node outside is to hear. */
export interface PlaneHostFrame {
  handle: number;
  /** Its place in {@link MediaPlane.hosts}. */
  host: number;
  /** First sample on the node's timeline, counted at the rate of its input. */
  position: number;
  /** Planar, in the format of its input. */
  samples: Float32Array;
}

/** The answer to a {@link MediaPlane.flushAudio}, in the order of the calls. */
export interface PlaneFlushed {
  handle: number;
  /** Frames of 10 ms. */
  framesDropped: number;
}

/** A session that the plane had to end. Its slot is free, and its counters gone, when it is closed. */
export interface PlaneClosed {
  handle: number;
  /**
   * `graph_failed`: a node with policy `fail_session` failed. `session_panicked`: a bug in the session. `media_thread_failed`: a bug
   * outside all sessions; those of the same thread are lost together.
   */
  code: 'graph_failed' | 'session_panicked' | 'media_thread_failed';
  message: string;
}

/** What came up from the media threads since the last drain, oldest first per session. */
export interface PlaneBatch {
  datagrams: PlaneDatagram[];
  events: PlaneEvent[];
  utterances: PlaneUtterance[];
  chunks: PlaneChunk[];
  taps: PlaneTap[];
  hostFrames: PlaneHostFrame[];
  flushed: PlaneFlushed[];
  closed: PlaneClosed[];
  /** Datagrams and events that found their ring full since the last drain. */
  dropped: number;
}

/** Microseconds; quantiles are upper bounds of histogram buckets at most 6.25 % wide. */
export interface LatencyStats {
  p50: number;
  p99: number;
  max: number;
  count: number;
}

/** Counters of one session since it was opened; the keys are those of the REST API. */
export interface SessionStats {
  packets_received: number;
  bytes_received: number;
  packets_lost: number;
  packets_duplicate: number;
  packets_late: number;
  /** Packets thrown away, by reason. */
  packets_refused: Record<string, number>;
  frames_decoded: number;
  frames_concealed: number;
  frames_fec: number;
  frames_red: number;
  jitter_ms: number;
  round_trip_ms: number | null;
  packets_sent: number;
  /** From the arrival stamp of a packet to after the send of what it caused. */
  gateway_latency_us: LatencyStats;
  /** Work on one packet: open, decode, graph, encode, protect. */
  processing_us: LatencyStats;
  events_dropped: number;
  /** Frames of tapped nodes, and for nodes outside, that were not fetched in time. */
  audio_frames_dropped: number;
  /** Share of our packets that the peer's last report calls lost, 0 to 1. */
  remote_fraction_lost: number;
  /** How long a hole in the sequence is waited for. */
  reorder_wait_ms: number;
  decode_errors: number;
  /** Times that the peer's numbering began anew. */
  restarts: number;
  timestamps_resynchronised: number;
  /** Samples at 48 kHz that were extrapolated, filled with silence, or skipped. */
  samples_concealed: number;
  samples_silence: number;
  samples_skipped: number;
  /** Outgoing packets that were not taken in time. */
  packets_dropped: number;
  rtcp_malformed: number;
  media_time_ms: number;
}

/** Counters of the whole plane since it was made. */
export interface PlaneStats {
  /** Slots in use. */
  sessions: number;
  /** Sessions whose media the threads hold; what is closed leaves a moment later. */
  sessions_on_threads: number;
  threads: number;
  datagrams_received: number;
  datagrams_sent: number;
  /** Datagrams thrown away, by reason (`unknown_source`, `unknown_ufrag`, `malformed`, `ring_full`, ...). */
  datagrams_dropped: Record<string, number>;
  /** Datagrams that the kernel dropped because a media thread was late. */
  receive_overflows: number;
  /** Sends that the kernel refused. */
  send_failures: number;
  /** Datagrams passed from the thread that received them to the one that owns their session. */
  datagrams_forwarded: number;
}

/** Why the input of a session ends or pauses. */
export type EndInputReason = 'mute' | 'track_ended' | 'flush';

export interface MediaPlane {
  /** The UDP port in use. */
  readonly port: number;

  /**
   * Opens a session and compiles its graph.
   * @returns a handle; handles are not reused until 2^16 sessions later.
   * @throws NativeError `invalid_manifest` (with all `complaints`), `invalid_options`, `duplicate_ufrag`,
   *   `too_many_sessions`, `plane_closed`, `media_thread_failed` when no media thread is left.
   */
  openSession(options: PlaneSessionOptions): number;

  /**
   * Starts media after DTLS. Once per session.
   * @throws NativeError `unknown_handle`, `media_already_started`, `unsupported_profile`, `invalid_keys`,
   *   `invalid_address`, `invalid_options`, `output_not_encodable` (the pipeline's output has a rate that Opus does
   *   not take), `codec_unavailable`, `plane_busy`, `plane_closed`.
   */
  startMedia(handle: number, options: PlaneMediaOptions): void;

  /**
   * The nominated pair changed: media goes to and comes from this address from now on.
   * @throws NativeError `unknown_handle`, `invalid_address`, `plane_busy`, `plane_closed`.
   */
  setRemoteAddress(handle: number, address: string, port: number, localAddress?: string): void;

  /**
   * Sends a STUN or DTLS datagram of werift. Lost, as UDP may lose it, where the kernel has no room.
   * The address becomes known as one of this session's, so that answers find it.
   * @throws NativeError `unknown_handle`, `invalid_address`, `plane_closed`.
   */
  sendDatagram(handle: number, data: Uint8Array, address: string, port: number, localAddress?: string): void;

  /** Takes what came up. Call it after every wake. Empty after close. */
  drain(): PlaneBatch;

  /** @throws NativeError `unknown_handle`. Works until closeSession, also for a session that ended itself. */
  stats(handle: number): SessionStats;

  planeStats(): PlaneStats;

  /**
   * What the session's pipeline has cost so far; null where metrics are off.
   * @throws NativeError `unknown_handle`. Works until closeSession.
   */
  metrics(handle: number): PipelineMetrics | null;

  /** All sessions added up, the closed ones included. */
  totals(): PlaneTotals;

  /**
   * The client muted its track, ended it, or wants open speech closed now.
   * @throws NativeError `unknown_handle`, `media_not_started`, `plane_busy`, `plane_closed`.
   */
  endInput(handle: number, reason: EndInputReason): void;

  /**
   * Switches a node of the session's graph off or on, before or after the start; see {@link OfflinePipeline.setNodeState}.
   * @throws NativeError `unknown_handle`, `unknown_node`, `invalid_options`, `plane_busy`, `plane_closed`.
   */
  setNodeState(handle: number, nodeId: string, state: NodeState): void;

  /**
   * Begins or ends to take up the audio that a node gives (an analyser: that it hears), in {@link PlaneBatch.taps}. What is not
   * fetched within a second is lost, and counted.
   * @throws NativeError `unknown_handle`, `unknown_node`, `plane_busy`, `plane_closed`.
   */
  tap(handle: number, nodeId: string, isTapped: boolean): void;

  /**
   * Nodes outside that have a place in the session's graph, in the order of the manifest.
   * @throws NativeError `unknown_handle`.
   */
  hosts(handle: number): HostPlace[];

  /**
   * The answer of a node outside: audio for a position, counted at the rate of its output, or, where that is negative, for after
   * what waits already. It waits until the session works next.
   * @param samples planar, any length.
   * @returns how many samples per channel there was room for.
   * @throws NativeError `unknown_handle`, `media_not_started`, `invalid_options`, `plane_closed`.
   */
  giveHostAudio(handle: number, host: number, position: number, samples: Float32Array): number;

  /** Samples per channel that a node outside gave and that are not played yet. Throws as {@link giveHostAudio}. */
  hostQueued(handle: number, host: number): number;

  /** For how many frames the answer of a node outside had not come. Throws as {@link giveHostAudio}. */
  hostLate(handle: number, host: number): number;

  /**
   * Throws away the audio that the session has not sent yet, because somebody spoke up. How much that was comes in
   * {@link PlaneBatch.flushed}.
   * @throws NativeError `unknown_handle`, `media_not_started`, `plane_busy`, `plane_closed`.
   */
  flushAudio(handle: number): void;

  /** Frees the session's slot. Idempotent; unknown handles are ignored. */
  closeSession(handle: number): void;

  /** Closes all sessions and the socket and joins the threads. Idempotent. */
  close(): void;
}

export interface MediaPlaneConstructor {
  /**
   * @param wake called on the event loop when there is something to drain; coalesced, never per packet. It does
   *   not keep the process alive.
   * @throws NativeError `bind_failed`, `invalid_options`.
   */
  new (options: MediaPlaneOptions, wake: () => void): MediaPlane;
}
