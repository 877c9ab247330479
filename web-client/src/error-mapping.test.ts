import { ERRORS } from '@remotemedia/signaling/protocol';
import { describe, expect, it } from 'vitest';
import { fromHttpProblem, fromMicrophoneFailure, fromRpcError } from './error-mapping.js';
import { GATEWAY_ERROR_CODES, GatewayError } from './errors.js';

describe('errors in plain words', () => {
  it.each([
    ['NotAllowedError', 'microphone_denied'],
    ['SecurityError', 'microphone_denied'],
    ['NotFoundError', 'microphone_missing'],
    ['OverconstrainedError', 'microphone_missing'],
    ['NotReadableError', 'microphone_busy'],
    ['SomethingNewError', 'microphone_busy'],
  ])('calls a %s of the browser %s', (name, code) => {
    expect(fromMicrophoneFailure({ name, message: 'why' })).toMatchObject({ code, detail: 'why' });
  });

  it('leaves an error that is already in our words alone', () => {
    const error = new GatewayError('insecure_context');
    expect(fromMicrophoneFailure(error)).toBe(error);
  });

  it.each([
    [-32001, 'server_full'],
    [-32002, 'offer_refused'],
    [-32006, 'timeout'],
    [-32601, 'protocol'],
  ])('understands the JSON-RPC code %i without help as %s', (code, expected) => {
    expect(fromRpcError({ code, message: 'why' })).toMatchObject({ code: expected, detail: 'why' });
  });

  it("believes the gateway's own code before the number", () => {
    const error = fromRpcError({
      code: -32602,
      message: 'm',
      data: { code: 'unknown_pipeline', detail: 'd' },
    });
    expect(error).toMatchObject({ code: 'pipeline_unknown', detail: 'd' });
  });

  it.each([
    ['server_full', 'server_full'],
    ['draining', 'server_draining'],
    ['invalid_manifest', 'manifest_invalid'],
    ['unknown_pipeline', 'pipeline_unknown'],
    ['rate_limited', 'rate_limited'],
    ['malformed_sdp', 'offer_refused'],
    ['session_not_found', 'not_found'],
    ['internal_error', 'gateway_failed'],
  ] as const)('has words for %s', (theirs, ours) => {
    expect(Object.keys(ERRORS)).toContain(theirs);
    const { status, rpc } = ERRORS[theirs];
    expect(fromHttpProblem(status, { code: theirs }, null).code).toBe(ours);
    expect(fromRpcError({ code: rpc, message: '', data: { code: theirs } }).code).toBe(ours);
  });

  it('reads Retry-After, and survives a proxy that answers HTML', () => {
    expect(fromHttpProblem(503, undefined, '12')).toMatchObject({
      code: 'server_full',
      retryAfterSeconds: 12,
    });
    expect(fromHttpProblem(502, undefined, 'Wed, 21 Oct')).toMatchObject({
      code: 'protocol',
      detail: 'HTTP 502',
      retryAfterSeconds: undefined,
    });
  });

  it('keeps complaints that are not as they should be readable', () => {
    const error = fromHttpProblem(
      422,
      { code: 'invalid_manifest', complaints: ['plain', { path: 'a' }] },
      null,
    );
    expect(error.complaints).toEqual([
      { path: '', code: '', message: 'plain', hint: '' },
      { path: 'a', code: '', message: '[object Object]', hint: '' },
    ]);
  });

  it('says what happened in a whole sentence, and what to do, for every code', () => {
    for (const code of GATEWAY_ERROR_CODES) {
      const error = new GatewayError(code);
      expect(error.message, code).toMatch(/^[A-Z].*\.$/);
      if (code !== 'cancelled') expect(error.advice, code).toMatch(/^[A-Z].*\.$/);
    }
  });
});
