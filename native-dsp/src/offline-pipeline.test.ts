import { expect, test } from 'vitest';
import { loadNative, type NodeState, type OfflinePipeline, type PipelineMetrics } from './index.js';

const native = loadNative();

function pipeline(nodes: object[], sampleRate = 48_000, channels = 1): OfflinePipeline {
  const manifest = JSON.stringify({ version: 'v1', metadata: { name: 'test' }, nodes, connections: [] });
  return new native.OfflinePipeline(manifest, { sampleRate, channels });
}

test('a gain of 6.02 dB doubles every sample', () => {
  const gain = pipeline([{ id: 'gain', node_type: 'GainNode', params: { gain_db: 20 * Math.log10(2) } }]);
  gain.input.fill(0.25);
  expect(gain.process()).toBe(0);
  expect(gain.output).toHaveLength(480);
  for (const sample of gain.output) expect(sample).toBeCloseTo(0.5, 5);
});

test('frames are shared: always the same arrays, sized for the format', () => {
  const echo = pipeline([{ id: 'echo', node_type: 'PassThrough' }], 16_000, 2);
  expect(echo.inputFrameSamples).toBe(160);
  expect(echo.outputFormat).toEqual({ sampleRate: 16_000, channels: 2 });
  expect(echo.input).toBe(echo.input);
  expect(echo.input).toHaveLength(320);
  expect(() => Object.assign(echo, { input: new Float32Array(1) })).toThrow(TypeError);
  echo.input.set([0.1], 319);
  echo.process();
  expect(echo.output[319]).toBeCloseTo(0.1);
});

test('frames outlive their pipeline', () => {
  const { input } = pipeline([{ id: 'echo', node_type: 'PassThrough' }]);
  expect(input.fill(1)[479]).toBe(1);
});

test('events come as JSON on the media timeline, and a reset forgets them', () => {
  const level = pipeline([{ id: 'level', node_type: 'AudioLevelNode' }]);
  const run = () => {
    for (let frame = 0; frame < 100; frame++) level.process();
    return level.drainEvents().map((text) => JSON.parse(text));
  };
  const first = run();
  expect(first.length).toBeGreaterThan(0);
  expect(first[0]).toMatchObject({ type: 'audio_level', node_id: 'level', sample_rate: 48_000 });
  level.reset();
  expect(run()).toEqual(first);
  expect(level.drainEvents()).toEqual([]);
});

test('chunks come with their samples, the rest at the end, and a reset forgets them', () => {
  const chunker = pipeline(
    [{ id: 'cut', node_type: 'AudioChunkerNode', params: { chunkSize: 300 } }],
    16_000,
    2,
  );
  const frame = Float32Array.from({ length: 320 }, (_, i) => i);
  const run = () => {
    for (let n = 0; n < 3; n++) {
      chunker.input.set(frame);
      chunker.process();
    }
    chunker.endOfInput();
  };
  run();
  expect(chunker.drainChunks(), 'their events come first').toEqual([]);
  const events = chunker.drainEvents().map((text) => JSON.parse(text));
  expect(events).toHaveLength(2);
  expect(events[1]).toMatchObject({ type: 'audio_chunk', is_partial: true, media_time_samples: 300 });
  const chunks = chunker.drainChunks();
  expect(chunks.map(({ samples, ...rest }) => ({ ...rest, length: samples.length }))).toEqual([
    { nodeId: 'cut', index: 0, sampleRate: 16_000, channels: 2, isPartial: false, length: 600 },
    { nodeId: 'cut', index: 1, sampleRate: 16_000, channels: 2, isPartial: true, length: 360 },
  ]);
  const left = [...frame.subarray(0, 160), ...frame.subarray(0, 140)];
  const right = left.map((sample) => sample + 160);
  expect(chunks[0]!.samples).toEqual(Float32Array.from([...left, ...right]));
  expect(chunker.drainChunks()).toEqual([]);

  run();
  chunker.drainEvents();
  chunker.reset();
  expect(chunker.drainChunks()).toEqual([]);
});

test('a node is switched off and on while audio runs', () => {
  const louder = pipeline([{ id: 'louder', node_type: 'GainNode', params: { gain_db: 6 } }]);
  const levelAfter = (state: NodeState) => {
    louder.setNodeState('louder', state);
    for (let frame = 0; frame < 2; frame++) {
      louder.input.fill(0.25);
      louder.process();
    }
    return louder.output[479];
  };
  expect(levelAfter('bypass')).toBeCloseTo(0.25, 6);
  expect(levelAfter('disabled')).toBe(0);
  expect(levelAfter('enabled')).toBeCloseTo(0.25 * 10 ** (6 / 20), 5);
  expect(() => louder.setNodeState('quieter', 'bypass')).toThrow(
    expect.objectContaining({ code: 'unknown_node' }),
  );
  expect(() => louder.setNodeState('louder', 'off' as NodeState)).toThrow(
    expect.objectContaining({ code: 'invalid_options' }),
  );
});

test('formats that a graph cannot take are refused', () => {
  for (const format of [
    { sampleRate: 44_150.5, channels: 1 },
    { sampleRate: 8_050, channels: 1 },
    { sampleRate: 48_000, channels: 9 },
  ]) {
    expect(() =>
      pipeline([{ id: 'echo', node_type: 'PassThrough' }], format.sampleRate, format.channels),
    ).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  }
});

test('metrics count every frame for every node, in numbers that JSON can hold', () => {
  const chain = pipeline([
    { id: 'clean', node_type: 'HighPassNode' },
    { id: 'level', node_type: 'AudioLevelNode' },
  ]);
  for (let frame = 0; frame < 50; frame++) chain.process();
  const metrics = JSON.parse(JSON.stringify(chain.metrics())) as PipelineMetrics;
  expect(metrics).toMatchObject({ pipeline_id: 'test', total_executions: 50 });
  expect(metrics.node_metrics.map(({ node_id, node_type }) => [node_id, node_type])).toEqual([
    ['clean', 'HighPassNode'],
    ['level', 'AudioLevelNode'],
  ]);
  let nodes = 0;
  for (const node of metrics.node_metrics) {
    expect(node).toMatchObject({ execution_count: 50, success_count: 50, error_count: 0, success_rate: 1 });
    expect(node.min_duration_us).toBeGreaterThan(0);
    expect(node.avg_duration_us).toBeGreaterThanOrEqual(node.min_duration_us);
    expect(node.p99_us).toBeGreaterThanOrEqual(node.p50_us);
    expect(node.max_duration_us).toBeGreaterThanOrEqual(node.p99_us);
    nodes += node.total_duration_us;
  }
  expect(metrics.total_duration_us).toBeGreaterThanOrEqual(nodes * 0.999_999);
  expect(metrics.real_time_factor).toBeCloseTo(metrics.total_duration_us / (50 * 10_000), 9);
  expect(metrics.metrics_overhead_us).toBeGreaterThan(0);
});

test('metrics are told as they are added up: by ids under a name of the operator, by types without one', () => {
  const gain = pipeline([{ id: 'louder', node_type: 'GainNode' }]);
  for (let frame = 0; frame < 3; frame++) gain.process();
  const [named, inline] = [gain.total('voice'), gain.total(null)];
  expect(named).toMatchObject({
    pipeline: 'voice',
    overruns: 0,
    duration: { count: 3 },
    nodes: [{ node: 'louder', errors: 0, duration: { count: 3 } }],
  });
  expect(named.duration.sum_s).toBeCloseTo(gain.metrics().total_duration_us / 1e6, 9);
  expect(inline).toMatchObject({ pipeline: null, nodes: [{ node: 'GainNode' }] });
});

test('validation reports the plan of a good manifest and all complaints of a bad one', () => {
  const good = 'version: v1\nmetadata: {name: echo}\nnodes:\n  - {id: echo, node_type: PassThrough}\n';
  expect(JSON.parse(native.validateManifest(good))).toMatchObject({ ok: true, complaints: [] });
  const bad = JSON.parse(native.validateManifest('version: v1\nnodes: 3\nwrong: true\n'));
  expect(bad).toMatchObject({ ok: false, manifest: null });
  expect(bad.complaints.length).toBeGreaterThan(0);
  expect(
    JSON.parse(native.nodeCatalogue()).length ?? JSON.parse(native.nodeCatalogue()).nodes.length,
  ).toBeGreaterThan(5);
});
