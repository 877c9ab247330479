import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JsonValue } from '@remotemedia/native-dsp';
import { expect, it } from 'vitest';
import { defineNode } from './external/definition.js';
import { type ExternalNode, NodeFailure } from './external/external-node.js';
import type { NodeHost } from './external/host.js';
import type { Item } from './item.js';
import { Pipeline } from './pipeline.js';
import type { PipelineSession } from './session/pipeline-session.js';

const value = (v: Extract<Item, { kind: 'value' }>['value']): Item => ({ kind: 'value', value: v });

/** A node on values by a function. */
const node = (type: string, process: ExternalNode['process']) =>
  defineNode({ type, summary: 'For the test.', create: () => ({ process }) });

function manifest(nodes: object[], connections: [string, string][] = [], execution: object = {}) {
  return {
    version: 'v1',
    nodes,
    connections: connections.map(([from, to]) => ({ from, to })),
    execution: { retry: { max_attempts: 1 }, ...execution },
  };
}

async function valuesOf(session: PipelineSession): Promise<unknown[]> {
  const values = [];
  for await (const { item } of session.outputs) if (item.kind === 'value') values.push(item.value);
  return values;
}

const tone = (length: number) => Float32Array.from({ length }, (_, n) => 0.5 * Math.sin(n / 20));

const louder = defineNode({
  type: 'Louder',
  summary: 'Multiplies by a factor.',
  params: [{ name: 'factor', type: 'number', min: 0, max: 10, default: 2, documentation: 'By how much.' }],
  takes: ['audio', 'event'],
  gives: ['audio'],
  create: ({ factor }) => ({
    frame(planes) {
      for (const plane of planes) for (const n of plane.keys()) plane[n]! *= factor;
      return undefined;
    },
  }),
});

it('asks for the rate of samples that come without', async () => {
  const pipeline = Pipeline.fromManifest(manifest([{ id: 'gain', node_type: 'GainNode' }]));
  for (const input of [
    tone(160),
    [tone(160)],
    { audio: tone(160) },
    { audio: [tone(160)], sample_rate: 16_000 },
  ])
    await expect(pipeline.run(input as never)).rejects.toMatchObject({
      code: 'unsound_audio',
      message: expect.stringContaining('run({ audio: samples, sampleRate: 16000 })'),
    });
  const echo = Pipeline.fromManifest(manifest([{ id: 'echo', node_type: 'Echo' }]));
  expect((await echo.run({ audio: 'a.wav' })).value).toMatchObject({ input: { audio: 'a.wav' } });
});

it('says of what is no node what `create` has to give', async () => {
  for (const nothing of [{}, undefined, { process: 1 }]) {
    const empty = defineNode({ type: 'Empty', summary: '', create: () => nothing as never });
    const nodes = [{ id: 'empty', node_type: 'Empty', executor: 'javascript' }];
    const pipeline = Pipeline.fromManifest(manifest(nodes), { nodes: [empty] });
    await expect(pipeline.run(1)).rejects.toThrow(/create of Empty has to return .*`process` or `frame`/);
  }
});

it('says who runs Python where nobody does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'remotemedia-pipeline-'));
  try {
    writeFileSync(join(folder, 'shout.py'), '');
    for (const executor of [undefined, 'cpython', 'python']) {
      const nodes = [
        { id: 'shout', node_type: 'Shout', module: './shout.py', ...(executor && { executor }) },
      ];
      writeFileSync(join(folder, 'shout.yaml'), JSON.stringify(manifest(nodes)));
      const pipeline = await Pipeline.fromFile(join(folder, 'shout.yaml'));
      await expect(pipeline.run(1)).rejects.toMatchObject({
        code: 'module_not_loaded',
        message: expect.stringContaining('`hosts: [pythonHost()]` of `@remotemedia/pipeline/python`'),
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('runs the calculator', async () => {
  const nodes = [
    { id: 'multiply', node_type: 'MultiplyNode', params: { multiplier: 2 } },
    { id: 'add', node_type: 'AddNode', params: { addend: 10 } },
  ];
  const pipeline = Pipeline.fromManifest(manifest(nodes, [['multiply', 'add']]));
  const { value, metrics } = await pipeline.run([5, 7, 3]);
  expect(value).toEqual([20, 24, 16]);
  expect(metrics.node_metrics.map((it) => [it.node_id, it.execution_count])).toEqual([
    ['multiply', 3],
    ['add', 3],
  ]);
});

it('carries every falsy value through nodes of every kind, in order', async () => {
  const nodes = [
    { id: 'in', node_type: 'PassThrough' },
    { id: 'js', node_type: 'Same' },
    { id: 'out', node_type: 'PassThrough' },
  ];
  const edges: [string, string][] = [
    ['in', 'js'],
    ['js', 'out'],
  ];
  const pipeline = Pipeline.fromManifest(manifest(nodes, edges), { nodes: [node('Same', (item) => item)] });
  const falsy = [0, '', false, null, [], {}];
  expect((await pipeline.run(falsy)).value).toEqual(falsy);
});

it('fans out and in: every value along every edge, and of several outputs each under its name', async () => {
  const nodes = [
    { id: 'in', node_type: 'PassThrough' },
    { id: 'twice', node_type: 'MultiplyNode', params: { multiplier: 2 } },
    { id: 'text', node_type: 'Text' },
    { id: 'all', node_type: 'Same', is_output_node: true },
    { id: 'alone', node_type: 'Same', is_output_node: true },
  ];
  const edges: [string, string][] = [
    ['in', 'twice'],
    ['in', 'text'],
    ['twice', 'all'],
    ['text', 'all'],
    ['text', 'alone'],
  ];
  const text = node('Text', (item) => (item.kind === 'value' ? value(`<${item.value}>`) : undefined));
  const pipeline = Pipeline.fromManifest(manifest(nodes, edges), {
    nodes: [text, node('Same', (item) => item)],
  });
  const byNode = (await pipeline.run([1, 2])).value as { all: JsonValue[]; alone: JsonValue[] };
  expect(byNode.alone).toEqual(['<1>', '<2>']);
  expect(byNode.all.toSorted()).toEqual([2, 4, '<1>', '<2>'].toSorted());
});

it('puts a node in JavaScript into the audio, to the sample, and takes its delay out again', async () => {
  const nodes = [
    { id: 'gain', node_type: 'GainNode', params: { gain_db: 0 } },
    { id: 'louder', node_type: 'Louder', params: { factor: 0.5 }, execution: { patience_ms: 30 } },
    { id: 'level', node_type: 'AudioLevelNode', is_output_node: true },
  ];
  const edges: [string, string][] = [
    ['gain', 'louder'],
    ['louder', 'level'],
  ];
  const pipeline = Pipeline.fromManifest(manifest(nodes, edges), { nodes: [louder] });
  for (const length of [1, 480, 48_000, 12_345]) {
    const input = tone(length);
    const { audio, metrics } = await pipeline.run({ audio: input, sampleRate: 48_000 });
    expect(audio?.planes[0]).toHaveLength(length);
    expect(audio?.planes[0]).toEqual(input.map((sample) => sample / 2));
    expect(metrics.node_metrics[1]).toMatchObject({ node_id: 'louder', error_count: 0, late_count: 0 });
  }
});

it('takes audio in pieces of any length, and gives it back while it comes', async () => {
  const nodes = [
    { id: 'louder', node_type: 'Louder' },
    { id: 'gain', node_type: 'GainNode' },
  ];
  const pipeline = Pipeline.fromManifest(manifest(nodes, [['louder', 'gain']]), { nodes: [louder] });
  const session = await pipeline.session();
  const input = tone(10_000).map((sample) => sample / 4);
  const feeding = (async () => {
    for (let at = 0; at < input.length; at += 777) {
      await session.push({ kind: 'audio', planes: [input.slice(at, at + 777)], sampleRate: 16_000 });
    }
    await session.end();
  })();
  const samples: number[] = [];
  for await (const { item } of session.outputs) {
    if (item.kind !== 'audio') continue;
    expect(item.mediaTimeSamples).toBe(samples.length);
    samples.push(...item.planes[0]!);
  }
  await feeding;
  expect(samples).toHaveLength(10_000);
  expect(samples[5_000]).toBeCloseTo(input[5_000]! * 2, 5);
});

it('gives a node downstream what audio nodes noticed, with the audio that it is about', async () => {
  const nodes = [
    { id: 'chunks', node_type: 'AudioChunkerNode', params: { chunk_size: 4800 } },
    { id: 'count', node_type: 'Count' },
  ];
  const count = node('Count', (item) =>
    item.kind === 'event' ? value([item.event.type, item.audio?.planes[0]?.length ?? 0]) : undefined,
  );
  const pipeline = Pipeline.fromManifest(manifest(nodes, [['chunks', 'count']]), { nodes: [count] });
  const { value: seen, events } = await pipeline.run({ audio: tone(14_400), sampleRate: 48_000 });
  expect(seen).toEqual(Array(3).fill(['audio_chunk', 4800]));
  expect(events.map(({ type }) => type)).toEqual(Array(3).fill('audio_chunk'));
});

/** Says what it is told: one sample for each letter. */
const speaker = defineNode({
  type: 'Speaker',
  summary: 'For the test.',
  takes: ['value'],
  gives: ['audio'],
  output: { sample_rate: 16_000 },
  create: () => ({
    process(item) {
      const text = item.kind === 'value' ? String(item.value) : '';
      const planes = [Float32Array.from(text, (letter) => letter.charCodeAt(0) / 1000)];
      return { kind: 'audio', planes, sampleRate: 16_000 };
    },
  }),
});

it('plays what a node says without being given audio, in order', async () => {
  const nodes = [
    { id: 'speaker', node_type: 'Speaker' },
    { id: 'gain', node_type: 'GainNode' },
  ];
  const pipeline = Pipeline.fromManifest(manifest(nodes, [['speaker', 'gain']]), { nodes: [speaker] });
  const { audio } = await pipeline.run(['ab', 'c']);
  expect(audio?.sampleRate).toBe(16_000);
  const spoken = [...audio!.planes[0]!].filter((sample) => sample !== 0);
  expect(spoken.map((sample) => Math.round(sample * 1000))).toEqual([97, 98, 99]);
});

it('runs a loop through the graph, from what was heard to what is said, and ends', async () => {
  const nodes = [
    { id: 'chunks', node_type: 'AudioChunkerNode', params: { chunk_size: 4800 } },
    { id: 'writer', node_type: 'Writer' },
    { id: 'speaker', node_type: 'Speaker' },
    { id: 'gain', node_type: 'GainNode', is_output_node: true },
  ];
  const writer = node('Writer', (item) => (item.kind === 'event' ? value('z') : undefined));
  const edges: [string, string][] = [
    ['chunks', 'writer'],
    ['writer', 'speaker'],
    ['speaker', 'gain'],
  ];
  const pipeline = Pipeline.fromManifest(manifest(nodes, edges), { nodes: [writer, speaker] });
  const { audio } = await pipeline.run({ audio: tone(14_400), sampleRate: 48_000 });
  const spoken = [...audio!.planes[0]!].filter((sample) => sample !== 0);
  expect(spoken.map((sample) => Math.round(sample * 1000))).toEqual([122, 122, 122]);
});

it('holds back who floods: a thousand outputs wait for their reader, and none is lost', async () => {
  let given = 0;
  const flood = node('Flood', async function* () {
    for (let n = 0; n < 1000; n++) {
      given++;
      yield value(n);
    }
  } as ExternalNode['process']);
  const session = await Pipeline.fromManifest(manifest([{ id: 'flood', node_type: 'Flood' }]), {
    nodes: [flood],
  }).session();
  await session.push(value(null));
  await session.end();
  const reader = session.outputs[Symbol.asyncIterator]();
  await reader.next();
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  expect(given).toBeLessThan(300);
  const rest = await valuesOf({
    ...session,
    outputs: { [Symbol.asyncIterator]: () => reader },
  } as PipelineSession);
  expect(rest).toEqual(Array.from({ length: 999 }, (_, n) => n + 1));
});

it('tells of a node that throws, and ends, goes around it or leaves its answer out as the policy says', async () => {
  const moody = node('Moody', (item) => {
    if (item.kind === 'value' && item.value === 2) throw new TypeError('not two');
    return item;
  });
  const run = (on_error: string) =>
    Pipeline.fromManifest(manifest([{ id: 'moody', node_type: 'Moody', execution: { on_error } }]), {
      nodes: [moody],
    }).run([1, 2, 3]);
  const error = {
    type: 'node_error',
    node_id: 'moody',
    code: 'node_threw',
    error_class: 'internal',
    message: 'not two',
  };
  const around = await run('bypass');
  expect([around.value, around.events]).toEqual([[1, 2, 3], [{ ...error, policy: 'bypass' }]]);
  const without = await run('mute');
  expect([without.value, without.events]).toEqual([[1, 3], [{ ...error, policy: 'mute' }]]);
  await expect(run('fail_session')).rejects.toMatchObject({ errorClass: 'internal', code: 'node_threw' });
});

it('treats nonsense as a failure of the node', async () => {
  const outputs: unknown[] = [
    5,
    [undefined],
    [{ kind: 'smoke' }],
    { kind: 'value', value: () => 1 },
    { kind: 'value', value: Number.NaN },
    { kind: 'audio', planes: [new Float32Array(2), new Float32Array(3)], sampleRate: 8000 },
    { kind: 'audio', planes: [Float32Array.of(Number.NaN)], sampleRate: 8000 },
    { kind: 'binary', data: 'text' },
    { kind: 'event', event: {} },
  ];
  const nonsense = node('Nonsense', (item) => outputs[Number((item as { value: number }).value)] as Item);
  const nodes = [
    {
      id: 'nonsense',
      node_type: 'Nonsense',
      execution: { on_error: 'mute', circuit_breaker: { failure_threshold: 99 } },
    },
  ];
  const { events, value } = await Pipeline.fromManifest(manifest(nodes), { nodes: [nonsense] }).run([
    ...outputs.keys(),
  ]);
  expect(events.map((event) => event['code'])).toEqual(outputs.map(() => 'invalid_output'));
  expect(value).toEqual([]);
});

it('mutes or goes around a node in the audio that fails, frame by frame', async () => {
  const broken = defineNode({
    type: 'Broken',
    summary: 'Fails on every second frame.',
    takes: ['audio'],
    gives: ['audio'],
    create: () => {
      let frames = 0;
      return {
        frame(planes) {
          if (frames++ % 2 === 1) throw new NodeFailure('permanent', 'odd', 'an odd frame');
          return planes;
        },
      };
    },
  });
  const run = async (on_error: string) => {
    const nodes = [
      { id: 'broken', node_type: 'Broken', execution: { on_error } },
      { id: 'gain', node_type: 'GainNode' },
    ];
    const pipeline = Pipeline.fromManifest(manifest(nodes, [['broken', 'gain']]), { nodes: [broken] });
    const { audio } = await pipeline.run({ audio: new Float32Array(1920).fill(0.5), sampleRate: 48_000 });
    return [240, 720, 1200, 1680].map((at) => audio!.planes[0]![at]);
  };
  expect(await run('bypass')).toEqual([0.5, 0.5, 0.5, 0.5]);
  expect(await run('mute')).toEqual([0.5, 0, 0.5, 0]);
});

it('refuses input that nobody takes, and audio that changes its format', async () => {
  const pipeline = Pipeline.fromManifest(manifest([{ id: 'gain', node_type: 'GainNode' }]));
  await expect(pipeline.run([1])).rejects.toMatchObject({
    code: 'input_not_taken',
    errorClass: 'invalid_input',
  });
  const session = await pipeline.session();
  await session.push({ kind: 'audio', planes: [new Float32Array(480)], sampleRate: 48_000 });
  await session.push({ kind: 'audio', planes: [new Float32Array(160)], sampleRate: 16_000 });
  await expect(valuesOf(session)).rejects.toMatchObject({ code: 'format_changed' });
  await expect(session.push({ kind: 'value', value: 1 }, 'gain')).rejects.toThrow();
});

it('closes in the middle: the node is freed, its signal aborted, and the reader is done', async () => {
  const seen: string[] = [];
  const hanging = defineNode({
    type: 'Hanging',
    summary: 'Never answers.',
    create: () => ({
      process: (_item, { signal }) =>
        new Promise<undefined>(() => signal.addEventListener('abort', () => seen.push('aborted'))),
      close: () => void seen.push('closed'),
    }),
  });
  const session = await Pipeline.fromManifest(manifest([{ id: 'a', node_type: 'Hanging' }]), {
    nodes: [hanging],
  }).session();
  await session.push(value(1));
  const reading = valuesOf(session);
  await session.close();
  await session.close();
  expect(await reading).toEqual([]);
  expect(seen).toEqual(['aborted', 'closed']);
  await expect(session.push(value(2))).rejects.toThrow('closed');
});

it('refuses modules unless the operator says where they are', () => {
  const nodes = [{ id: 'a', node_type: 'A', module: './a.js' }];
  expect(() => Pipeline.fromManifest(manifest(nodes))).toThrow(
    expect.objectContaining({ code: 'module_not_allowed' }),
  );
});

it('does not wait for ever for a module whose import never ends, and tells who brought it to stop', async () => {
  let signal: AbortSignal | undefined;
  const hanging: NodeHost = {
    specs: [],
    load: (_, given) => {
      signal = given;
      return new Promise(() => {});
    },
    create: () => undefined,
  };
  const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
  writeFileSync(join(folder, 'waiting.mjs'), 'await new Promise(() => {});');
  const base = pathToFileURL(`${folder}/`);
  const module = './waiting.mjs';
  for (const hosts of [[hanging], []]) {
    const manifest = { version: 'v1', nodes: [{ id: 'n', node_type: 'X', module }] };
    const pipeline = Pipeline.fromManifest(manifest, { base, hosts, loadTimeoutMs: 20 });
    await expect(pipeline.load()).rejects.toMatchObject({
      code: 'module_not_loaded',
      message: expect.stringMatching(/of node n cannot be loaded: it did not load within 20 ms/),
      cause: expect.objectContaining({ errorClass: 'timeout' }),
    });
  }
  expect(signal!.reason).toMatchObject({ errorClass: 'timeout' });
  rmSync(folder, { recursive: true });
});

it('complains of everything that is wrong with a manifest, parameters of nodes outside included', () => {
  const nodes = [
    { id: 'a', node_type: 'Louder', params: { factor: 11 } },
    { id: 'a', node_type: 'Lauder' },
  ];
  const made = () => Pipeline.fromManifest(manifest(nodes), { nodes: [louder] });
  expect(made).toThrow(expect.objectContaining({ code: 'invalid_manifest' }));
  try {
    made();
  } catch (error) {
    const { complaints } = error as { complaints: { path: string; code: string; hint: string }[] };
    expect(complaints.map(({ path, code }) => [path, code])).toEqual([
      ['nodes[1].id', 'duplicate_id'],
      ['nodes[0].params.factor', 'out_of_range'],
      ['nodes[1].node_type', 'unknown_node_type'],
    ]);
    expect(complaints[2]!.hint).toContain('Louder');
  }
});

it('takes a channel out of stereo audio, and says at the first mono audio that it has none', async () => {
  const right = { id: 'right', node_type: 'AudioChannelSplitterNode', params: { channel: 1 } };
  const pipeline = Pipeline.fromManifest(manifest([right]));
  const planes = [tone(4_800), tone(4_800).map((sample) => sample / 2)];
  const { audio } = await pipeline.run({ audio: planes, sampleRate: 48_000 });
  expect(audio!.planes).toEqual([planes[1]]);
  await expect(pipeline.run({ audio: tone(4_800), sampleRate: 48_000 })).rejects.toMatchObject({
    message: expect.stringContaining('there is no channel 1'),
  });
});
