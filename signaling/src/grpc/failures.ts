/** Errors as the protocol's ErrorResponse; what is about the gateway and not about the request is a gRPC status. */
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { executionError } from '@remotemedia/gateway';
import { type NodeErrorClass, NodeFailure, type PipelineEvent } from '@remotemedia/pipeline';
import { type ErrorView, viewError } from '../errors.js';
import type { ErrorCode } from '../protocol/index.js';
import type { ErrorResponse } from './messages.js';

const TYPES: Partial<Record<ErrorCode, ErrorResponse['error_type']>> = {
  version_mismatch: 'ERROR_TYPE_VERSION_MISMATCH',
  invalid_input: 'ERROR_TYPE_TYPE_VALIDATION',
  node_failed: 'ERROR_TYPE_NODE_EXECUTION',
  execution_timeout: 'ERROR_TYPE_RESOURCE_LIMIT',
  payload_too_large: 'ERROR_TYPE_RESOURCE_LIMIT',
  output_too_large: 'ERROR_TYPE_RESOURCE_LIMIT',
  session_closed: 'ERROR_TYPE_RESOURCE_LIMIT',
  internal_error: 'ERROR_TYPE_INTERNAL',
};

const STATUSES: Partial<Record<ErrorCode, status>> = {
  server_full: status.RESOURCE_EXHAUSTED,
  draining: status.UNAVAILABLE,
  runtime_unavailable: status.UNAVAILABLE,
};

export function toErrorResponse({ code, detail, complaints, nodeId }: ErrorView): ErrorResponse {
  return {
    error_type: TYPES[code] ?? 'ERROR_TYPE_VALIDATION',
    message: detail,
    failing_node_id: nodeId ?? '',
    context: JSON.stringify({ code, ...(complaints && { complaints }) }),
  };
}

/** What a `node_error` event tells of a node that was gone around: as if it had ended the execution. */
export function nodeErrorResponse(event: PipelineEvent): ErrorResponse {
  const { error_class = 'internal', code, message, node_id } = event;
  const failure = new NodeFailure(error_class as NodeErrorClass, String(code), String(message), {
    nodeId: String(node_id),
  });
  return toErrorResponse(viewError(executionError(failure)));
}

/** The status with which a call fails whose request is not to blame; undefined for all others. */
export function toStatus({ code, detail, retryAfterSeconds }: ErrorView): Partial<ServiceError> | undefined {
  const number = STATUSES[code];
  if (number === undefined) return undefined;
  const metadata = new Metadata();
  if (retryAfterSeconds !== undefined) metadata.set('retry-after', String(retryAfterSeconds));
  return { code: number, details: detail, metadata };
}
