/**
 * The events of a session as clients get them, on the data channel, the WebSocket and over REST.
 * The engine makes the events of nodes; the gateway makes `session_started` and `session_closed`, and numbers them all.
 */

/** Fields of every event. Times are on the session's media timeline; detection is stated, never hidden. */
export interface EventHeader {
  readonly type: string;
  /** Counts per session from 0, without holes. */
  readonly seq: number;
  readonly session_id: string;
  /** The node that reports; null for the session's own events. */
  readonly node_id: string | null;
  readonly media_time_samples: number;
  readonly sample_rate: number;
  readonly media_time_ms: number;
  /** Media processed when the event was detected. */
  readonly detected_at_ms: number;
  /** detected_at_ms - media_time_ms. */
  readonly detection_delay_ms: number;
}

/** A node's event as the engine writes it: everything but the session's id and number. */
export type NodeEvent = Omit<EventHeader, 'seq' | 'session_id'> & Record<string, unknown>;

export type SessionEvent = EventHeader & Readonly<Record<string, unknown>>;

/** Who ended the session. */
export type CloseReason = 'client' | 'gateway' | 'network' | 'pipeline';

/** Stable codes of `session_closed`. */
export type CloseCode =
  | 'client_closed'
  | 'signaling_lost'
  | 'deleted'
  | 'shutdown'
  | 'negotiation_timeout'
  | 'negotiation_failed'
  | 'ice_timeout'
  | 'ice_failed'
  | 'dtls_timeout'
  | 'dtls_failed'
  | 'connection_lost'
  | 'node_failed'
  | 'media_failed';

/** Why a session ended. */
export interface CloseInfo {
  readonly reason: CloseReason;
  readonly code: CloseCode;
  /** In plain words, for people. */
  readonly message: string;
}
