/**
 * Every error that the gateway reports to a caller or a client: one table of codes, one class.
 * Called by all of the gateway; signaling turns `httpStatus` and `code` into problem+json and JSON-RPC errors.
 * Codes are a promise to clients: they are added, never renamed.
 */

/** One complaint about a manifest or another document: where, what, and how to mend it. */
export interface Complaint {
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

interface ErrorKind {
  readonly httpStatus: number;
  readonly title: string;
}

/** The table: code to HTTP status and title. A code's meaning never changes. */
export const ERROR_KINDS = {
  malformed_sdp: { httpStatus: 400, title: 'The offer is not valid SDP' },
  sdp_too_large: { httpStatus: 413, title: 'The offer is larger than the gateway accepts' },
  no_audio: { httpStatus: 422, title: 'The offer has no audio that the gateway could receive' },
  unsupported_codecs: { httpStatus: 422, title: 'The offer has no Opus audio' },
  unsupported_transport: { httpStatus: 422, title: 'The offer lacks BUNDLE, rtcp-mux, ICE or DTLS' },
  malformed_candidate: { httpStatus: 400, title: 'The ICE candidate is not valid' },
  too_many_candidates: { httpStatus: 429, title: 'More ICE candidates than the gateway accepts' },
  already_negotiated: { httpStatus: 409, title: 'The session has been negotiated already' },
  negotiation_failed: { httpStatus: 500, title: 'The gateway failed to answer the offer' },
  unknown_pipeline: { httpStatus: 404, title: 'No pipeline has this name' },
  invalid_manifest: { httpStatus: 422, title: 'The manifest is not valid' },
  server_full: { httpStatus: 503, title: 'The gateway has no free session' },
  draining: { httpStatus: 503, title: 'The gateway accepts no new sessions' },
  runtime_unavailable: { httpStatus: 503, title: 'The native media plane is not available' },
  invalid_topic: { httpStatus: 400, title: 'Not a topic' },
  unknown_node: { httpStatus: 404, title: 'The pipeline has no such node' },
  node_takes_no_messages: { httpStatus: 422, title: 'The node takes no messages' },
  session_closed: { httpStatus: 410, title: 'The session is closed' },
  module_not_allowed: { httpStatus: 403, title: 'The manifest names code to be loaded' },
  invalid_input: { httpStatus: 422, title: 'The pipeline cannot take this input' },
  payload_too_large: { httpStatus: 413, title: 'The input is larger than the gateway accepts' },
  output_too_large: { httpStatus: 422, title: 'The results are larger than the gateway keeps' },
  session_busy: { httpStatus: 429, title: 'The session has not taken what came before' },
  node_failed: { httpStatus: 500, title: 'A node of the pipeline failed' },
  execution_timeout: { httpStatus: 504, title: 'The pipeline took too long' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

export interface GatewayErrorDetails {
  /** What the caller can do about it. */
  readonly hint?: string;
  /** All complaints at once, for documents. */
  readonly complaints?: readonly Complaint[];
  /** For `server_full` and `draining`: when to try again. */
  readonly retryAfterSeconds?: number;
  /** The node that failed. */
  readonly nodeId?: string;
  readonly cause?: unknown;
}

/** A caller's mistake or a refusal, with a stable code. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly complaints: readonly Complaint[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly nodeId: string | undefined;

  constructor(code: ErrorCode, message: string, details: GatewayErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.hint = details.hint;
    this.complaints = details.complaints;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.nodeId = details.nodeId;
  }

  get httpStatus(): number {
    return ERROR_KINDS[this.code].httpStatus;
  }

  get title(): string {
    return ERROR_KINDS[this.code].title;
  }
}
