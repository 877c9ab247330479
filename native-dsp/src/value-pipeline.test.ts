import { expect, test } from 'vitest';
import { isNativeError, loadNative, type ManifestValidation, type ValuePipeline } from './index.js';

const native = loadNative();

function pipeline(...nodes: object[]): ValuePipeline {
  return new native.ValuePipeline(JSON.stringify({ version: 'v1', nodes }));
}

function errorOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (isNativeError(error)) return error;
    throw error;
  }
  return expect.unreachable();
}

const triple = { id: 'triple', node_type: 'MultiplyNode', params: { multiplier: 3 } };

test('values go in and come out as JSON texts, whole numbers exact beyond 53 bits', () => {
  const { outputs, graph_info } = JSON.parse(pipeline(triple).execute('[5, 0]'));
  expect(outputs).toEqual([15, 0]);
  expect(graph_info).toEqual(JSON.parse(pipeline(triple).graphInfo));
  expect(pipeline(triple).execute('3000000000000000001')).toContain('"outputs":9000000000000000003,');
});

test('nodes keep their state until a reset', () => {
  const echo = pipeline({ id: 'echo', node_type: 'Echo' });
  const count = () => JSON.parse(echo.execute('""')).outputs;
  expect([count(), count()]).toMatchObject([{ input: '', counter: 1 }, { counter: 2 }]);
  echo.reset();
  expect(count()).toMatchObject({ counter: 1 });
});

test('a node that fails is named, with the input and what to do', () => {
  const error = errorOf(() => pipeline(triple).execute('[1, "two"]'));
  expect(error).toMatchObject({ code: 'invalid_input', nodeId: 'triple', inputIndex: 1 });
  expect(error.message).toContain('Expected a number');
  expect(error.hint).toContain('Give a number');
});

test('input that is not JSON, and manifests on audio, are refused', () => {
  expect(errorOf(() => pipeline(triple).execute('[1,')).code).toBe('invalid_json');
  expect(errorOf(() => pipeline(triple).execute('1e999')).code).toBe('invalid_json');
  const { code, complaints } = errorOf(() => pipeline({ id: 'gain', node_type: 'GainNode' }));
  expect(code).toBe('invalid_manifest');
  expect(complaints).toMatchObject([{ code: 'not_on_values', path: 'nodes[0]' }]);
});

test('a session and a file refuse a pipeline of values, and validation says so when asked', () => {
  const manifest = JSON.stringify({ version: 'v1', nodes: [triple] });
  const error = errorOf(() => new native.OfflinePipeline(manifest, { sampleRate: 48_000, channels: 1 }));
  expect(error.complaints).toMatchObject([{ code: 'not_on_audio' }]);
  const validate = (purpose?: 'audio') =>
    JSON.parse(native.validateManifest(manifest, purpose)) as ManifestValidation;
  expect(validate()).toMatchObject({ ok: true, kind: 'values', plan: { execution_order: ['triple'] } });
  expect(validate('audio')).toMatchObject({
    ok: false,
    kind: 'values',
    complaints: [{ code: 'not_on_audio' }],
  });
});
