import { loadNative, type NodeState } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import { defineNode } from '../external/definition.js';
import { type ExternalNode, NodeFailure } from '../external/external-node.js';
import type { Item } from '../item.js';
import { Pipeline } from '../pipeline.js';
import type { LiveSession } from './live-session.js';

const runtime = loadNative();
const FORMAT = { sampleRate: 48_000, channels: 1 };

/** A clock that a test moves. */
class Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now = () => this.#now;

  after = (delayMs: number, callback: () => void) => {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((it) => it !== timer);
    };
  };

  async pass(ms: number): Promise<void> {
    this.#now += ms;
    for (const timer of this.#timers.filter(({ at }) => at <= this.#now)) {
      this.#timers = this.#timers.filter((it) => it !== timer);
      timer.callback();
    }
    await settle();
  }
}

/** All that waits for nothing but its turn has had it. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A graph that takes so many samples to be played in their turn. */
class Graph {
  readonly given: { position: number; samples: Float32Array }[] = [];
  room = Number.POSITIVE_INFINITY;
  readonly hosts;

  constructor(hears: boolean) {
    this.hosts = [{ nodeId: 'outside', input: hears ? FORMAT : null, output: FORMAT }];
  }

  giveHostAudio(_host: number, position: number, samples: Float32Array): number {
    const taken = position >= 0 ? samples.length : Math.min(samples.length, this.room);
    this.room -= position >= 0 ? 0 : taken;
    if (taken > 0) this.given.push({ position, samples: samples.slice(0, taken) });
    return taken;
  }

  hostQueued = () => 0;
  hostLate = () => 3;
}

function live(
  process: ExternalNode['process'],
  {
    takes = ['audio'],
    execution = {},
    clock = new Clock(),
  }: { takes?: ('audio' | 'value')[]; execution?: object; clock?: Clock } = {},
) {
  const definition = defineNode({
    type: 'Outside',
    summary: 'For the test.',
    takes: [...takes, 'event'],
    gives: ['audio', 'value'],
    create: () => ({ process }),
  });
  const manifest = {
    version: 'v1',
    nodes: [
      { id: 'outside', node_type: 'Outside', execution },
      { id: 'after', node_type: 'GainNode' },
    ],
    connections: [{ from: 'outside', to: 'after' }],
  };
  const pipeline = Pipeline.fromManifest(manifest, { runtime, nodes: [definition], clock });
  const graph = new Graph(takes.includes('audio'));
  const told = { outputs: [] as Item[], failures: [] as [string, number][], ends: [] as string[] };
  const session = pipeline.live(graph, {
    output: (_, item) => void told.outputs.push(item),
    failed: (_, { code }, times) => void told.failures.push([code, times]),
    ended: (_, { code }) => void told.ends.push(code),
  });
  return { session, graph, told, clock };
}

const frame = (session: LiveSession, n: number) =>
  session.frame(0, n * 480, new Float32Array(480).fill(n + 1));

describe('a node outside in a live session', () => {
  it('answers each frame at its place', async () => {
    const { session, graph } = live((item) => item, { execution: { patience_ms: 100 } });
    for (let n = 0; n < 5; n++) frame(session, n);
    await settle();
    expect(graph.given.map(({ position, samples }) => [position, samples[0]])).toEqual(
      [0, 1, 2, 3, 4].map((n) => [n * 480, n + 1]),
    );
    expect(session.metrics([])[0]).toMatchObject({ execution_count: 5, late_count: 3 });
    expect(session.calls('mine')).toMatchObject([
      { pipeline: 'mine', node: 'outside', duration: { count: 5 } },
    ]);
    expect(session.calls(null)).toMatchObject([{ pipeline: null, node: 'External' }]);
  });

  it('that was held up skips what nobody can hear any more, and does not fall further behind', async () => {
    let release: (() => void) | undefined;
    const positions: unknown[] = [];
    const { session, told } = live(async (item) => {
      positions.push(item.kind === 'audio' && item.mediaTimeSamples! / 480);
      if (positions.length === 1) await new Promise<void>((resolve) => (release = resolve));
      return item;
    });
    frame(session, 0);
    await settle();
    for (let n = 1; n < 100; n++) frame(session, n);
    await settle();
    expect(positions).toEqual([0]);
    // 64 wait, the rest is lost, and what is left is too old but for the last ones.
    expect(session.dropped).toBe(35);
    release!();
    await settle();
    frame(session, 100);
    await settle();
    expect(positions).toEqual([0, 100]);
    expect(told.failures).toEqual([]);
  });

  it('that hangs is given up when its time is over, and heard of no more', async () => {
    const { session, told, clock } = live(() => new Promise<undefined>(() => {}), {
      execution: { on_error: 'bypass', timeout_ms: 1000, retry: { max_attempts: 1 } },
    });
    frame(session, 0);
    await settle();
    await clock.pass(1000);
    expect(told.failures).toEqual([['node_timeout', 1]]);
    expect(told.ends).toEqual([]);
  });

  it('that fails in every frame is told of once a second, and how often it was', async () => {
    const { session, told, clock } = live(
      () => {
        throw new NodeFailure('permanent', 'broken', 'broken');
      },
      { execution: { on_error: 'mute', circuit_breaker: { failure_threshold: 1000 } } },
    );
    for (let n = 0; n < 150; n++) {
      frame(session, n);
      await clock.pass(10);
    }
    expect(told.failures).toEqual([
      ['broken', 1],
      ['broken', 100],
    ]);
  });

  it('plays what it says when there is room, and waits for it', async () => {
    const said = { kind: 'audio', planes: [new Float32Array(1000).fill(0.5)], sampleRate: 48_000 } as const;
    const { session, graph, clock } = live(() => said, { takes: ['value'] });
    graph.room = 600;
    await session.push('outside', { kind: 'value', value: 0 });
    await settle();
    expect(graph.given.map(({ samples }) => samples.length)).toEqual([600]);
    graph.room = 1000;
    await clock.pass(20);
    expect(graph.given.map(({ position, samples }) => [position, samples.length])).toEqual([
      [-1, 600],
      [-1, 400],
    ]);
  });

  it.each<[NodeState, number]>([
    ['disabled', 0],
    ['bypass', 1],
  ])('that is switched off (%s) is not called', async (state, passed) => {
    let calls = 0;
    const { session, told } = live(() => void calls++, { takes: ['value'] });
    expect(session.setNodeState('outside', state)).toBe(true);
    expect(session.setNodeState('after', state)).toBe(false);
    await session.push('outside', { kind: 'value', value: null });
    await settle();
    expect(calls).toBe(0);
    expect(told.outputs).toEqual(Array.from({ length: passed }, () => ({ kind: 'value', value: null })));
  });

  it('ends the session where its policy says so, and is not called again', async () => {
    let calls = 0;
    const { session, told } = live(
      () => {
        calls++;
        throw new NodeFailure('permanent', 'broken', 'broken');
      },
      { execution: { on_error: 'fail_session' } },
    );
    for (let n = 0; n < 5; n++) frame(session, n);
    await settle();
    expect([calls, told.ends]).toEqual([1, ['broken']]);
    await session.close();
    await session.close();
  });

  it('takes messages of the kinds that it knows', async () => {
    const { session } = live(() => undefined);
    const value = { kind: 'value', value: 1 } as const;
    for (const [node, code] of [
      ['nobody', 'unknown_node'],
      ['after', 'node_takes_no_messages'],
      ['outside', 'input_not_taken'],
    ] as const)
      await expect(session.push(node, value)).rejects.toMatchObject({ errorClass: 'invalid_input', code });
  });
});

it('what the graph still has after the end is nobody’s', async () => {
  const { session } = live(() => undefined);
  await session.close();
  session.frame(0, 0, new Float32Array(480));
  session.event({ kind: 'event', event: { type: 'level', node_id: 'outside' } });
});
