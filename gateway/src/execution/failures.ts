/** What goes wrong in a pipeline, as the error that its client gets. What is nobody's mistake but ours stays as it is, for the log. */
import { isNativeError, type NativeError } from '@remotemedia/native-dsp';
import {
  NodeFailure,
  PipelineError,
  type PipelineErrorCode,
  RuntimeUnavailableError,
} from '@remotemedia/pipeline';
import { type Complaint, type ErrorCode, GatewayError } from '../errors.js';
import type { ExecutionEnd } from './session.js';

/** Codes of the runtime that say: this input cannot be computed with. */
const INPUT_CODES: ReadonlySet<string> = new Set([
  'division_by_zero',
  'input_format',
  'invalid_input',
  'invalid_json',
  'number_overflow',
  'too_many_values',
  'undefined_result',
]);

/** What is wrong with a manifest, told by who looks after its nodes. */
const PIPELINE_CODES: Partial<Record<PipelineErrorCode, ErrorCode>> = {
  module_not_allowed: 'module_not_allowed',
  module_missing: 'invalid_manifest',
  unknown_node_type: 'invalid_manifest',
  duplicate_node_type: 'invalid_manifest',
};

export function executionError(error: unknown): unknown {
  if (error instanceof NodeFailure) return nodeFailure(error);
  if (error instanceof RuntimeUnavailableError) {
    return new GatewayError('runtime_unavailable', error.message, { cause: error });
  }
  if (error instanceof PipelineError) {
    const { message, complaints } = error;
    const code = PIPELINE_CODES[error.code];
    // A module that does not load is the operator's to mend, who finds it in the log; what it says is not for clients.
    return code ? new GatewayError(code, message, { cause: error, complaints }) : error;
  }
  return isNativeError(error) ? nativeFailure(error) : error;
}

/** The same for what goes wrong before anything runs: then the manifest asks for what is not here. */
export function openingError(error: unknown): unknown {
  if (!(error instanceof NodeFailure)) return executionError(error);
  const { code, message } = error;
  const complaints = [{ path: 'nodes', code, message, hint: '' }];
  return new GatewayError('invalid_manifest', message, { cause: error, complaints });
}

/** How a transport that runs a session further is told why it cannot. */
export function closedBecause(end: ExecutionEnd): GatewayError {
  if (end === 'timeout') return new GatewayError('execution_timeout', 'the pipeline took longer than it may');
  return new GatewayError('session_closed', `the session is closed: ${REASONS[end]}`);
}

const REASONS: Record<ExecutionEnd, string> = {
  finished: 'its last result was delivered',
  client: 'its client ended it',
  idle: 'nothing went in or out for too long',
  timeout: 'it took longer than it may',
  slow_consumer: 'its client did not take the results',
  failed: 'a node failed',
  shutdown: 'the gateway is shutting down',
};

function nodeFailure(failure: NodeFailure): GatewayError {
  const { nodeId } = failure;
  const message = nodeId === undefined ? failure.message : `node ${nodeId}: ${failure.message}`;
  const kinds: Partial<Record<NodeFailure['errorClass'], ErrorCode>> = {
    invalid_input: 'invalid_input',
    timeout: 'execution_timeout',
  };
  return new GatewayError(kinds[failure.errorClass] ?? 'node_failed', message, {
    cause: failure,
    ...(nodeId !== undefined && { nodeId }),
    complaints: [{ path: '', code: failure.code, message, hint: '' }],
  });
}

function nativeFailure(error: NativeError): unknown {
  const { code, message, complaints, nodeId, inputIndex, hint } = error;
  if (code === 'invalid_manifest') {
    return new GatewayError('invalid_manifest', message, { cause: error, ...(complaints && { complaints }) });
  }
  if (code === 'invalid_options') return new GatewayError('invalid_input', message, { cause: error });
  if (!INPUT_CODES.has(code) && nodeId === undefined && code !== 'graph_failed') return error;
  const complaint: Complaint = {
    path: inputIndex === undefined ? '' : `input[${inputIndex}]`,
    code,
    message: nodeId === undefined ? message : `node ${nodeId}: ${message}`,
    hint: hint ?? '',
  };
  return new GatewayError(INPUT_CODES.has(code) ? 'invalid_input' : 'node_failed', message, {
    cause: error,
    complaints: [complaint],
    ...(nodeId !== undefined && { nodeId }),
    ...(hint && { hint }),
  });
}
