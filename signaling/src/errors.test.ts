import { ERROR_KINDS, GatewayError } from '@remotemedia/gateway';
import { describe, expect, it } from 'vitest';
import { RequestError, toProblem, viewError } from './errors.js';
import { ERRORS } from './protocol/index.js';

describe('the error table', () => {
  it('has every code of the gateway, with the same HTTP status', () => {
    for (const [code, { httpStatus }] of Object.entries(ERROR_KINDS)) {
      expect(ERRORS[code as keyof typeof ERRORS]?.status, code).toBe(httpStatus);
    }
  });
});

describe('what a client is told', () => {
  it('is code, hint and complaints of a gateway error', () => {
    const complaints = [{ path: 'nodes[0]', code: 'unknown_node', message: 'no such node', hint: '' }];
    const error = new GatewayError('invalid_manifest', 'Bad manifest', { hint: 'Mend it', complaints });
    expect(toProblem(viewError(error))).toEqual({
      type: 'urn:remotemedia:problem:invalid_manifest',
      title: ERRORS.invalid_manifest.title,
      status: 422,
      detail: 'Bad manifest. Mend it',
      code: 'invalid_manifest',
      complaints,
    });
  });

  it('is nothing about what is unknown: no message, no stack', () => {
    for (const error of [new Error('password is 123'), 'password', null, undefined, { code: 'E' }]) {
      expect(viewError(error)).toEqual({ code: 'internal_error', detail: ERRORS.internal_error.title });
    }
  });

  it('keeps retry time and headers of a refusal', () => {
    const error = new RequestError('rate_limited', 'Slow down', {
      retryAfterSeconds: 3,
      headers: { allow: 'GET' },
    });
    expect(viewError(error)).toEqual({
      code: 'rate_limited',
      detail: 'Slow down',
      retryAfterSeconds: 3,
      headers: { allow: 'GET' },
    });
  });
});
