/** Errors in the words of the RemoteMedia SDK: `{ error_type, message, validation_errors }`. */
import type { FastifyInstance } from 'fastify';
import { type ErrorView, viewError } from '../../errors.js';
import { ERRORS, type ErrorCode } from '../../protocol/index.js';

type ErrorType = 'validation' | 'manifest' | 'input' | 'execution';

const TYPES: Partial<Record<ErrorCode, ErrorType>> = {
  invalid_manifest: 'validation',
  module_not_allowed: 'manifest',
  unknown_pipeline: 'manifest',
  invalid_input: 'input',
  invalid_json: 'input',
  invalid_request: 'input',
  payload_too_large: 'input',
  unsupported_media_type: 'input',
};

export const sdkError = ({ code, detail, complaints }: ErrorView) => ({
  error_type: TYPES[code] ?? 'execution',
  message: detail,
  ...(complaints && { validation_errors: complaints }),
});

/** For the routes of `app` alone. */
export function answerAsSdk(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const view = viewError(error);
    if (view.code === 'internal_error') request.log.error({ err: error }, 'request failed');
    if (view.retryAfterSeconds !== undefined) reply.header('retry-after', String(view.retryAfterSeconds));
    return reply.code(ERRORS[view.code].status).send(sdkError(view));
  });
}
