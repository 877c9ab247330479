/** Errors of this package, and the one place that turns any thrown value into what a client may read. */
import { GatewayError } from '@remotemedia/gateway';
import { type Complaint, ERRORS, type ErrorCode, isErrorCode, type Problem } from './protocol/index.js';
import { capital, sentences } from './sentences.js';

export interface RequestErrorDetails {
  readonly complaints?: readonly Complaint[];
  readonly retryAfterSeconds?: number;
  /** Header fields for the HTTP answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client's mistake, or a refusal, with a code of the protocol's table. */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly details: RequestErrorDetails;

  constructor(code: ErrorCode, message: string = ERRORS[code].title, details: RequestErrorDetails = {}) {
    super(message);
    this.name = 'RequestError';
    this.code = code;
    this.details = details;
  }
}

/** What a client is told about an error; never a stack, never an unknown message. */
export interface ErrorView extends RequestErrorDetails {
  readonly code: ErrorCode;
  readonly detail: string;
  /** The node that failed, where one did. */
  readonly nodeId?: string;
}

/** Fastify's own error codes in the words of the protocol. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
};

/** Describes any thrown value; what is nobody's mistake but ours is `internal_error`. */
export function viewError(error: unknown): ErrorView {
  if (error instanceof RequestError) return { code: error.code, detail: error.message, ...error.details };
  if (error instanceof GatewayError) {
    return {
      code: isErrorCode(error.code) ? error.code : 'internal_error',
      detail: capital(sentences(error.message, error.hint)),
      ...(error.complaints && { complaints: error.complaints }),
      ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
      ...(error.nodeId !== undefined && { nodeId: error.nodeId }),
    };
  }
  if (isFastifyError(error)) {
    const code = FASTIFY_CODES[error.code ?? ''];
    if (code) return { code, detail: error.message };
    if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
      return { code: 'invalid_request', detail: error.message };
    }
  }
  return { code: 'internal_error', detail: ERRORS.internal_error.title };
}

/** RFC 9457 body of an error. */
export function toProblem({ code, detail, complaints }: ErrorView): Problem {
  const { status, title } = ERRORS[code];
  return {
    type: `urn:remotemedia:problem:${code}`,
    title,
    status,
    detail,
    code,
    ...(complaints && { complaints: [...complaints] }),
  };
}

const isFastifyError = (error: unknown): error is Error & { code?: string; statusCode?: number } =>
  error instanceof Error && ('code' in error || 'statusCode' in error);
