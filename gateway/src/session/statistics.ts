/** What a session tells about itself over REST and in the page: plain data in snake_case, safe to serialise. */
import type { SessionState } from './session.js';

/** Counters and measurements of one session. Numbers count from its start; null means not measured yet. */
export interface SessionStatistics {
  readonly packets_received: number;
  readonly packets_lost: number;
  readonly packets_duplicate: number;
  readonly packets_late: number;
  /** Refused packets by reason. */
  readonly packets_refused: Readonly<Record<string, number>>;
  readonly frames_decoded: number;
  readonly frames_concealed: number;
  readonly frames_fec: number;
  readonly frames_red: number;
  readonly jitter_ms: number;
  readonly round_trip_ms: number | null;
  readonly packets_sent: number;
  /** From packet in to processed packet out, in microseconds. */
  readonly gateway_latency_us: {
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
    readonly count: number;
  };
  /** The graph alone, per 10 ms frame, in microseconds. */
  readonly processing_us: { readonly p50: number; readonly p99: number };
  /** Events that the client did not get, because the channel was not open in time or stayed full. */
  readonly events_dropped: number;
  readonly media_time_ms: number;
}

/** The REST view of a session (GET /api/v1/sessions/{id}). */
export interface SessionView {
  readonly id: string;
  readonly state: SessionState;
  readonly pipeline: string | null;
  /** ISO 8601. */
  readonly created_at: string;
  readonly transport: TransportKind;
  readonly peer_id: string | null;
  readonly remote_address: string | null;
  readonly statistics: SessionStatistics;
}

/** How the client signalled. */
export type TransportKind = 'whip' | 'websocket';
