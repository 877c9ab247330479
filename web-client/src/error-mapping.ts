/**
 * Turns the failures of others (the browser's DOMException, a JSON-RPC error, an RFC 9457 problem document) into `GatewayError`.
 * The gateway's own `code` wins where it is one we have words for; numbers and HTTP statuses are the fallback.
 */
import type { Complaint, ErrorCode } from '@remotemedia/signaling/protocol';
import { GatewayError, type GatewayErrorCode, isGatewayErrorCode } from './errors.js';
import type { JsonRpcErrorObject } from './json-rpc.js';

/** Names by Media Capture and Streams, section 10.2.1. */
const MICROPHONE_CODES: Record<string, GatewayErrorCode> = {
  NotAllowedError: 'microphone_denied',
  SecurityError: 'microphone_denied',
  NotFoundError: 'microphone_missing',
  OverconstrainedError: 'microphone_missing',
  NotReadableError: 'microphone_busy',
  AbortError: 'microphone_busy',
};

export function fromMicrophoneFailure(failure: unknown): GatewayError {
  if (failure instanceof GatewayError) return failure;
  const { name, message } = asRecord(failure);
  const code = typeof name === 'string' ? MICROPHONE_CODES[name] : undefined;
  return new GatewayError(code ?? 'microphone_busy', { detail: text(message), cause: failure });
}

const RPC_CODES: Record<number, GatewayErrorCode> = {
  [-32001]: 'server_full',
  [-32002]: 'offer_refused',
  [-32004]: 'ice_failed',
  [-32006]: 'timeout',
  [-32007]: 'offer_refused',
  [-32008]: 'rate_limited',
  [-32603]: 'gateway_failed',
};

export function fromRpcError(error: JsonRpcErrorObject): GatewayError {
  const data = asRecord(error.data);
  const own = gatewayCode(data['code']);
  return new GatewayError(own ?? RPC_CODES[error.code] ?? 'protocol', {
    detail: text(data['reason']) ?? text(data['detail']) ?? error.message,
    complaints: complaintsOf(data['complaints']),
    retryAfterSeconds: number(data['retry_after_seconds']),
  });
}

const HTTP_CODES: Record<number, GatewayErrorCode> = {
  400: 'offer_refused',
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'not_found',
  408: 'timeout',
  415: 'offer_refused',
  422: 'offer_refused',
  429: 'rate_limited',
  500: 'gateway_failed',
  503: 'server_full',
  504: 'timeout',
};

/** `body` is the parsed `application/problem+json`, or anything else when a proxy answered. */
export function fromHttpProblem(status: number, body: unknown, retryAfter: string | null): GatewayError {
  const problem = asRecord(body);
  const seconds = retryAfter === null ? Number.NaN : Number.parseInt(retryAfter, 10);
  return new GatewayError(gatewayCode(problem['code']) ?? HTTP_CODES[status] ?? 'protocol', {
    detail: text(problem['detail']) ?? text(problem['title']) ?? `HTTP ${status}`,
    complaints: complaintsOf(problem['complaints']),
    retryAfterSeconds: Number.isNaN(seconds) ? undefined : seconds,
  });
}

/** The gateway's codes in the words of this side. */
const WORDS: Partial<Record<ErrorCode, GatewayErrorCode>> = {
  draining: 'server_draining',
  internal_error: 'gateway_failed',
  invalid_manifest: 'manifest_invalid',
  malformed_sdp: 'offer_refused',
  negotiation_failed: 'gateway_failed',
  no_audio: 'offer_refused',
  origin_not_allowed: 'unauthorized',
  runtime_unavailable: 'gateway_failed',
  session_not_found: 'not_found',
  unknown_pipeline: 'pipeline_unknown',
  unsupported_codecs: 'offer_refused',
  unsupported_transport: 'offer_refused',
};

function gatewayCode(code: unknown): GatewayErrorCode | undefined {
  if (isGatewayErrorCode(code)) return code;
  return typeof code === 'string' ? WORDS[code as ErrorCode] : undefined;
}

function complaintsOf(value: unknown): Complaint[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry) => {
    const { path, code, message, hint, line, column } = asRecord(entry);
    return {
      path: text(path) ?? '',
      code: text(code) ?? '',
      message: text(message) ?? String(entry),
      hint: text(hint) ?? '',
      ...(typeof line === 'number' && typeof column === 'number' && { line, column }),
    };
  });
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
