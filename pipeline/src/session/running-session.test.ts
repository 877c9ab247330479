/** What goes wrong between the parts of a pipeline: readers that are slow, sessions that end early, nodes that do not stop. */
import { expect, it } from 'vitest';
import { defineNode } from '../external/definition.js';
import type { ExternalNode } from '../external/external-node.js';
import type { AudioItem, Item } from '../item.js';
import { Pipeline } from '../pipeline.js';
import type { Clock } from '../reliability/clock.js';
import type { PipelineSession } from './pipeline-session.js';

/** Time that passes only when it is told to. */
class FakeClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];

  now = () => this.#nowMs;

  after = (delayMs: number, callback: () => void) => {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
    await settle();
  }
}

/** Everything that can happen without time passing has happened. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const value = (n: number): Item => ({ kind: 'value', value: n });

const retry = { max_attempts: 1 };

async function open(node: ExternalNode, execution: object = {}, clock?: Clock): Promise<PipelineSession> {
  const definition = defineNode({ type: 'Node', summary: 'For the test.', create: () => node });
  const manifest = {
    version: 'v1',
    nodes: [{ id: 'node', node_type: 'Node', execution: { retry, ...execution } }],
  };
  return Pipeline.fromManifest(manifest, { nodes: [definition], ...(clock && { clock }) }).session();
}

async function readAll(session: PipelineSession): Promise<Item[]> {
  const items: Item[] = [];
  for await (const { item } of session.outputs) items.push(item);
  return items;
}

async function* count(to: number): AsyncGenerator<Item> {
  for (let n = 0; n < to; n++) yield value(n);
}

it('what a node takes to start, and to start again, is none of what its executions take', async () => {
  const clock = new FakeClock();
  const starts: string[] = [];
  const node: ExternalNode & { isDown: boolean } = {
    isDown: false,
    async initialize() {
      starts.push('start');
      node.isDown = false;
      await clock.pass(2000);
    },
    async process(item) {
      await clock.pass(5);
      if (item.kind === 'value' && item.value === 1) {
        node.isDown = true;
        throw new Error('dead');
      }
      return item;
    },
  };
  const session = await open(node, { on_error: 'bypass', timeout_ms: 10_000 }, clock);
  for (const n of [0, 1, 2, 3]) await session.push(value(n));
  await session.end();
  await readAll(session);
  expect(starts).toHaveLength(2);
  expect(session.getMetrics().node_metrics).toMatchObject([
    { execution_count: 4, min_duration_us: 5000, max_duration_us: 5000 },
  ]);
});

it('a node that takes too long to start is given up in time', async () => {
  const clock = new FakeClock();
  const node: ExternalNode = { initialize: () => new Promise(() => {}), process: (item) => item };
  const session = await open(node, { timeout_ms: 1000 }, clock);
  await session.push(value(1));
  await settle();
  await clock.pass(1000);
  await expect(readAll(session)).rejects.toMatchObject({ code: 'node_timeout' });
  expect(session.getMetrics().node_metrics[0]).toMatchObject({ error_count: 1, max_duration_us: 0 });
});

it('a reader that takes its time takes none of the node’s', async () => {
  const clock = new FakeClock();
  const session = await open({ process: () => count(1000) }, { timeout_ms: 1000 }, clock);
  await session.push(value(0));
  await session.end();
  await settle();
  await clock.pass(600_000);
  expect(await readAll(session)).toEqual(Array.from({ length: 1000 }, (_, n) => value(n)));
  expect(session.getMetrics().node_metrics[0]).toMatchObject({ error_count: 0, max_duration_us: 0 });
});

it('a node that is slow by itself between two outputs is out of time all the same, and its generator is ended', async () => {
  const clock = new FakeClock();
  let isEnded = false;
  let goOn = () => {};
  const process = async function* (): AsyncGenerator<Item> {
    try {
      yield value(1);
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      yield value(2);
      yield value(3);
    } finally {
      isEnded = true;
    }
  };
  const session = await open({ process }, { timeout_ms: 1000, on_error: 'mute' }, clock);
  await session.push(value(0));
  await session.end();
  await settle();
  await clock.pass(1000);
  goOn();
  const items = await readAll(session);
  expect(items.map((item) => (item.kind === 'event' ? item.event['code'] : item))).toEqual([
    value(1),
    'node_timeout',
  ]);
  await settle();
  expect(isEnded).toBe(true);
});

// A rejection that nobody hears ends a process, and the test run with it.
it('a session that ends with nobody reading is the end of nothing else', async () => {
  const process = async function* (): AsyncGenerator<Item> {
    yield* count(255);
    throw new TypeError('at last');
  };
  const session = await open({ process });
  await session.push(value(0));
  await settle();
  await session.push(value(0)).catch(() => {});
  await settle();
  await session.close();
});

it('closes with its queues full and its end on the way', async () => {
  const hanging = defineNode({
    type: 'Hanging',
    summary: 'Never answers.',
    takes: ['audio'],
    gives: ['audio'],
    create: () => ({ process: () => new Promise<undefined>(() => {}) }),
  });
  const manifest = {
    version: 'v1',
    nodes: [
      { id: 'a', node_type: 'GainNode' },
      { id: 'b', node_type: 'Hanging' },
    ],
  };
  const connections = [{ from: 'a', to: 'b' }];
  const session = await Pipeline.fromManifest({ ...manifest, connections }, { nodes: [hanging] }).session();
  const audio: AudioItem = { kind: 'audio', planes: [new Float32Array(480)], sampleRate: 48_000 };
  const pushes = Array.from({ length: 70 }, () => session.push(audio).catch((error: Error) => error.message));
  await session.end();
  await settle();
  await session.close();
  await session.end();
  expect((await Promise.all(pushes)).at(-1)).toBe('the session was closed');
});

it('holds back large items by their bytes, not only by their number', async () => {
  const session = await open({ process: () => new Promise<undefined>(() => {}) });
  const megabyte: Item = { kind: 'binary', data: new Uint8Array(1_000_000) };
  let taken = 0;
  for (let n = 0; n < 40; n++)
    void session.push(megabyte).then(
      () => taken++,
      () => {},
    );
  await settle();
  expect(taken).toBeGreaterThan(1);
  expect(taken).toBeLessThan(10);
  await session.close();
});

it('plays what a node in the audio still has to say at the end', async () => {
  const planes = [new Float32Array(480).fill(0.25)];
  const late = defineNode({
    type: 'Late',
    summary: 'Speaks at the end.',
    takes: ['audio'],
    gives: ['audio'],
    create: () => ({
      process: () => undefined,
      endOfInput: () => ({ kind: 'audio', planes, sampleRate: 48_000 }),
    }),
  });
  const nodes = [
    { id: 'gain', node_type: 'GainNode' },
    { id: 'late', node_type: 'Late' },
    { id: 'out', node_type: 'GainNode' },
  ];
  const manifest = {
    version: 'v1',
    nodes,
    connections: [
      { from: 'gain', to: 'late' },
      { from: 'late', to: 'out' },
    ],
  };
  const { audio } = await Pipeline.fromManifest(manifest, { nodes: [late] }).run({
    audio: new Float32Array(4800),
    sampleRate: 48_000,
  });
  expect(audio!.planes[0]!.filter((sample) => sample === 0.25)).toHaveLength(480);
});

it('leads audio around a node that failed half-way through a frame as it was', async () => {
  const half = defineNode({
    type: 'Half',
    summary: 'Silences half a frame and throws.',
    takes: ['audio'],
    gives: ['audio'],
    create: () => ({
      frame(planes) {
        planes[0]!.fill(0, 0, 240);
        throw new TypeError('half-way');
      },
    }),
  });
  const nodes = [
    { id: 'gain', node_type: 'GainNode' },
    { id: 'half', node_type: 'Half', execution: { on_error: 'bypass' } },
  ];
  const manifest = { version: 'v1', nodes, connections: [{ from: 'gain', to: 'half' }] };
  const input = new Float32Array(1920).fill(0.5);
  const { audio } = await Pipeline.fromManifest(manifest, { nodes: [half] }).run({
    audio: input,
    sampleRate: 48_000,
  });
  expect(audio!.planes[0]).toEqual(input);
});

it('tells its part of the totals: its graph from the first audio on, and the calls of its other nodes', async () => {
  const listener = defineNode({
    type: 'Listener',
    summary: 'Hears.',
    takes: ['event'],
    create: () => ({ process: () => undefined }),
  });
  const nodes = [
    { id: 'level', node_type: 'AudioLevelNode' },
    { id: 'ear', node_type: 'Listener' },
  ];
  const manifest = { version: 'v1', nodes, connections: [{ from: 'level', to: 'ear' }] };
  const session = await Pipeline.fromManifest(manifest, { nodes: [listener] }).session();
  const reading = readAll(session);
  expect(session.totals('room')).toMatchObject({
    pipelines: [],
    calls: [{ node: 'ear', duration: { count: 0 } }],
  });
  await session.push({ kind: 'audio', planes: [new Float32Array(4800)], sampleRate: 48_000 });
  await session.end();
  await reading;
  const heard = session.getMetrics().node_metrics[1]!.execution_count;
  expect(heard).toBeGreaterThan(0);
  const { pipelines, calls } = session.totals('room');
  expect(pipelines).toMatchObject([
    { pipeline: 'room', duration: { count: 10 }, nodes: [{ node: 'level', duration: { count: 10 } }] },
  ]);
  expect(calls).toMatchObject([{ pipeline: 'room', node: 'ear', duration: { count: heard } }]);
  expect(session.totals(null)).toMatchObject({
    pipelines: [{ pipeline: null, nodes: [{ node: 'AudioLevelNode' }] }],
    calls: [{ pipeline: null, node: 'External' }],
  });
});

it('of a pipeline of values, the calls by ids or types of the catalogue', async () => {
  const manifest = { version: 'v1', nodes: [{ id: 'twice', node_type: 'MultiplyNode' }] };
  const session = await Pipeline.fromManifest(manifest).session();
  await session.push(value(1));
  await session.end();
  await readAll(session);
  const nodes = ['sums', null].map((name) => session.totals(name).calls);
  expect(nodes).toMatchObject([
    [{ pipeline: 'sums', node: 'twice', duration: { count: 1 } }],
    [{ pipeline: null, node: 'MultiplyNode', duration: { count: 1 } }],
  ]);
});

it('tells no mean beyond the longest: without a graph, an execution is a call of any of the nodes', async () => {
  const clock = new FakeClock();
  const waits = (type: string, ms: number) =>
    defineNode({
      type,
      summary: 'Takes its time.',
      create: () => ({
        process(item) {
          void clock.pass(ms);
          return item;
        },
      }),
    });
  const nodes = [
    { id: 'long', node_type: 'Long' },
    { id: 'short', node_type: 'Short' },
  ];
  const manifest = { version: 'v1', nodes, connections: [{ from: 'long', to: 'short' }] };
  const pipeline = Pipeline.fromManifest(manifest, { nodes: [waits('Long', 6), waits('Short', 4)], clock });
  const session = await pipeline.session();
  const results = session.outputs[Symbol.asyncIterator]();
  for (const n of [0, 1]) {
    await session.push(value(n));
    await results.next();
  }
  await session.close();
  expect(session.getMetrics()).toMatchObject({
    total_executions: 4,
    total_duration_us: 20_000,
    avg_duration_us: 5_000,
    min_duration_us: 4_000,
    p50_us: 4_000,
    p95_us: 6_000,
    max_duration_us: 6_000,
  });
});

it('tells the shortest call of a pipeline without a graph', async () => {
  const clock = new FakeClock();
  const session = await open(
    {
      async process() {
        await clock.pass(5);
        return undefined;
      },
    },
    {},
    clock,
  );
  await session.push(value(0));
  await session.end();
  await readAll(session);
  expect(session.getMetrics()).toMatchObject({
    min_duration_us: 5000,
    max_duration_us: 5000,
    total_executions: 1,
  });
});
