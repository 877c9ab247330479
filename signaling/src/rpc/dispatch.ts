/**
 * One text frame in, at most one out: JSON-RPC 2.0 with batches. Every request with an id gets exactly one response
 * with that id, whatever is wrong with it; notifications get none. Never throws.
 */
import { Compile } from 'typebox/compile';
import { RequestError, viewError } from '../errors.js';
import { worthTelling } from '../misfits.js';
import {
  type Complaint,
  ERRORS,
  isMethodName,
  METHODS,
  type MethodName,
  type RpcFailure,
  RpcId,
  RpcRequest,
  type RpcResponse,
} from '../protocol/index.js';
import type { Handlers } from './connection.js';
import { nestingOf } from './nesting.js';

/** Deeper JSON than any manifest; what is below could break whoever walks it. */
const MAX_NESTING = 64;
const MAX_BATCH = 50;

export interface DispatchOptions {
  readonly handlers: Handlers;
  /** Asked once per frame with its number of requests; throws to refuse them. */
  readonly admit: (requests: number) => void;
  /** Told of errors that are ours. */
  readonly onInternalError: (error: unknown, method: string) => void;
}

const isRequest = Compile(RpcRequest);
const isId = Compile(RpcId);
const validators = new Map(Object.entries(METHODS).map(([name, { params }]) => [name, Compile(params)]));

/** The text to send back, or undefined where nothing is. */
export async function dispatch(text: string, options: DispatchOptions): Promise<string | undefined> {
  let message: unknown;
  try {
    message = parse(text);
  } catch (error) {
    return JSON.stringify(failure(error, null));
  }
  if (!Array.isArray(message)) {
    const response = await answer(message, 1, options);
    return response && JSON.stringify(response);
  }
  if (message.length === 0 || message.length > MAX_BATCH) {
    const error = new RequestError('invalid_request', `A batch holds 1 to ${MAX_BATCH} requests`);
    return JSON.stringify(failure(error, null));
  }
  // Started in order, so that an announcement counts for the offer behind it.
  const responses = await Promise.all(message.map((request) => answer(request, 1, options)));
  const given = responses.filter((response) => response !== undefined);
  return given.length > 0 ? JSON.stringify(given) : undefined;
}

function parse(text: string): unknown {
  if (nestingOf(text) > MAX_NESTING) {
    throw new RequestError('invalid_request', `Nested deeper than ${MAX_NESTING} levels`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError('invalid_json', 'The message is not JSON');
  }
}

async function answer(
  request: unknown,
  count: number,
  { handlers, admit, onInternalError }: DispatchOptions,
): Promise<RpcResponse | undefined> {
  const id = idOf(request);
  let method = '';
  try {
    admit(count);
    if (!isRequest.Check(request)) {
      throw new RequestError(
        'invalid_request',
        'Not a JSON-RPC 2.0 request: { jsonrpc: "2.0", method, params?, id? }',
      );
    }
    method = request.method;
    if (!isMethodName(method)) throw new RequestError('unknown_method', `There is no method "${method}"`);
    const result = await call(handlers, method, request.params ?? {});
    return request.id === undefined ? undefined : { jsonrpc: '2.0', result, id };
  } catch (error) {
    const response = failure(error, id);
    if (response.error.data.code === 'internal_error') onInternalError(error, method);
    // A notification gets no answer, but what is no request at all gets one (JSON-RPC 2.0 section 5.1).
    return isRequest.Check(request) && request.id === undefined ? undefined : response;
  }
}

function call(handlers: Handlers, method: MethodName, params: unknown): unknown {
  const validator = validators.get(method)!;
  if (!validator.Check(params)) {
    const errors = worthTelling(validator.Errors(params));
    const complaints = errors.map(({ instancePath, keyword, message = '' }): Complaint => {
      return {
        path: `params${instancePath.replaceAll('/', '.')}`,
        code: `invalid_${keyword}`,
        message,
        hint: '',
      };
    });
    const all = complaints.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new RequestError('invalid_params', `Parameters of ${method} do not fit: ${all}`, { complaints });
  }
  return (handlers[method] as (params: unknown) => unknown)(params);
}

function failure(error: unknown, id: RpcFailure['id']): RpcFailure {
  const { code, detail, complaints } = viewError(error);
  const data = { code, reason: detail, ...(complaints && { complaints: [...complaints] }) };
  return { jsonrpc: '2.0', error: { code: ERRORS[code].rpc, message: detail, data }, id };
}

/** The request's own id where it has a usable one, however broken the rest is. */
function idOf(request: unknown): RpcFailure['id'] {
  if (typeof request !== 'object' || request === null || !('id' in request)) return null;
  return isId.Check(request.id) ? request.id : null;
}
