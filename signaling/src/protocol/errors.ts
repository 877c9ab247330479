/**
 * Every error that the gateway tells a client: its stable code, HTTP status, JSON-RPC code and title. One
 * table, so that WHIP, REST and WebSocket cannot disagree. Texts for people may change, codes do not.
 */
import { type Static, Type } from 'typebox';
import { Complaint } from './complaint.js';

/** JSON-RPC 2.0 error codes; those from -32000 down are this protocol's own. */
export const RpcErrorCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  peerNotFound: -32000,
  sessionLimit: -32001,
  offer: -32002,
  answer: -32003,
  iceCandidate: -32004,
  negotiationInProgress: -32005,
  timeout: -32006,
  codecMismatch: -32007,
  rateLimited: -32008,
} as const;
export type RpcErrorCode = (typeof RpcErrorCode)[keyof typeof RpcErrorCode];

interface ErrorKind {
  readonly status: number;
  readonly rpc: RpcErrorCode;
  readonly title: string;
}

const kind = (status: number, rpc: keyof typeof RpcErrorCode, title: string): ErrorKind => ({
  status,
  rpc: RpcErrorCode[rpc],
  title,
});

/** Stable code to what it means on each transport. */
export const ERRORS = {
  invalid_json: kind(400, 'parse', 'Not JSON'),
  invalid_request: kind(400, 'invalidRequest', 'Malformed request'),
  invalid_params: kind(400, 'invalidParams', 'Parameters do not fit'),
  unknown_method: kind(404, 'methodNotFound', 'No such method'),
  not_announced: kind(409, 'invalidRequest', 'Announce yourself first'),
  already_announced: kind(409, 'invalidParams', 'Peer id already announced'),
  peer_not_found: kind(404, 'peerNotFound', 'No such peer'),
  malformed_sdp: kind(400, 'offer', 'Not a usable session description'),
  sdp_too_large: kind(413, 'offer', 'Session description too large'),
  no_audio: kind(422, 'offer', 'No audio in the offer'),
  unsupported_codecs: kind(422, 'codecMismatch', 'No codec in common'),
  unsupported_transport: kind(422, 'offer', 'Transport of the offer not supported'),
  unexpected_answer: kind(409, 'answer', 'No offer to answer'),
  malformed_candidate: kind(400, 'iceCandidate', 'Not an ICE candidate'),
  malformed_fragment: kind(400, 'iceCandidate', 'Not a trickle ICE fragment'),
  too_many_candidates: kind(429, 'iceCandidate', 'Too many ICE candidates'),
  ice_restart_unsupported: kind(422, 'iceCandidate', 'ICE restart is not supported'),
  negotiation_in_progress: kind(409, 'negotiationInProgress', 'A session is already being negotiated'),
  already_negotiated: kind(409, 'negotiationInProgress', 'The session is negotiated already'),
  negotiation_failed: kind(500, 'internal', 'The offer could not be answered'),
  invalid_manifest: kind(422, 'invalidParams', 'Manifest has mistakes'),
  unknown_pipeline: kind(404, 'invalidParams', 'No such pipeline'),
  session_not_found: kind(404, 'peerNotFound', 'No such session'),
  no_session: kind(409, 'invalidRequest', 'No session yet'),
  invalid_topic: kind(400, 'invalidParams', 'Not a topic'),
  unknown_node: kind(404, 'invalidParams', 'No such node in the pipeline'),
  node_takes_no_messages: kind(422, 'invalidParams', 'The node takes no messages'),
  too_many_topics: kind(429, 'rateLimited', 'Too many topics'),
  session_closed: kind(410, 'offer', 'Session is closed'),
  session_busy: kind(429, 'rateLimited', 'Session has not taken what came before'),
  module_not_allowed: kind(403, 'invalidParams', 'Manifest names code to be loaded'),
  invalid_input: kind(422, 'invalidParams', 'Pipeline cannot take this input'),
  version_mismatch: kind(400, 'invalidRequest', 'Version of the protocol not spoken here'),
  output_too_large: kind(422, 'invalidParams', 'Results are too large'),
  node_failed: kind(500, 'internal', 'A node of the pipeline failed'),
  execution_timeout: kind(504, 'timeout', 'Pipeline took too long'),
  node_type_not_found: kind(404, 'invalidParams', 'No such node type'),
  utterance_not_found: kind(404, 'invalidParams', 'No such utterance'),
  not_found: kind(404, 'methodNotFound', 'Nothing here'),
  method_not_allowed: kind(405, 'methodNotFound', 'Method not allowed'),
  upgrade_required: kind(426, 'invalidRequest', 'Here is a WebSocket only'),
  not_acceptable: kind(406, 'invalidRequest', 'Nothing of the wanted type to give'),
  unsupported_media_type: kind(415, 'invalidRequest', 'Content type not supported'),
  precondition_required: kind(428, 'invalidRequest', 'If-Match is required'),
  precondition_failed: kind(412, 'invalidRequest', 'If-Match does not match'),
  payload_too_large: kind(413, 'invalidRequest', 'Too large'),
  origin_not_allowed: kind(403, 'invalidRequest', 'Origin not allowed'),
  rate_limited: kind(429, 'rateLimited', 'Too many requests'),
  server_full: kind(503, 'sessionLimit', 'Server is full'),
  draining: kind(503, 'sessionLimit', 'Server is shutting down'),
  runtime_unavailable: kind(503, 'sessionLimit', 'Runtime not available'),
  internal_error: kind(500, 'internal', 'Something broke on our side'),
} as const satisfies Record<string, ErrorKind>;

/** Stable error code. */
export type ErrorCode = keyof typeof ERRORS;

/** Whether `code` is in the table. */
export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** RFC 9457 body of every HTTP error. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'URI reference that identifies the kind of problem' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String({ description: 'Stable code' }),
    complaints: Type.Optional(Type.Array(Complaint)),
  },
  { description: 'RFC 9457 problem details' },
);
export type Problem = Static<typeof Problem>;
