/** A node that never returns costs its own session an item, and its neighbours nothing. */
import { defineNode, Pipeline, type PipelineSession } from '@remotemedia/pipeline';
import { describe, expect, it } from 'vitest';
import { NODES, pipelineOf } from './threads.js';

/** The thread starts within it, also where the machine is busy. */
const TIMEOUT_MS = 2000;

const here = defineNode({ type: 'Here', summary: '', create: () => ({ process: (item) => item }) });

/** Sends values through a session next door until the work is done. @returns how many came out meanwhile. */
async function valuesMeanwhile(work: Promise<unknown>): Promise<number> {
  const manifest = {
    version: 'v1',
    nodes: [
      { id: 'a', node_type: 'Here' },
      { id: 'b', node_type: 'MultiplyNode', params: { multiplier: 2 } },
    ],
    connections: [{ from: 'a', to: 'b' }],
  };
  const session = await Pipeline.fromManifest(manifest, { nodes: [here] }).session();
  const outputs = session.outputs[Symbol.asyncIterator]();
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  work.then(end, end);
  let count = 0;
  for (; !isDone; count++) {
    await session.push({ kind: 'value', value: count });
    const next = await outputs.next();
    expect(next.value?.item).toEqual({ kind: 'value', value: 2 * count });
    // Values alone would keep everything else waiting: timers and messages get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await session.close();
  return count;
}

describe('a node that never returns', () => {
  it.each([
    ['in `process`', 'Faulty', ['loop', 'count'], {}, ['loop', 1], 1],
    // The end of the input is a call, too.
    ['in `create`', 'Faulty', ['count', 'count'], { create: 'loop' }, ['count', 'count'], 3],
  ])(
    '%s is told as a time-out and passed by, and the session next door does not notice',
    async (_, node_type, input, params, value, failures) => {
      const execution = { timeout_ms: TIMEOUT_MS, retry: { max_attempts: 1 }, on_error: 'bypass' };
      const pipeline = pipelineOf({ node_type, module: './faulty.mjs', params, execution });
      const running = pipeline.run(input);
      const meanwhile = await valuesMeanwhile(running);
      const { value: result, events } = await running;
      expect(result).toEqual(value);
      const told = { type: 'node_error', node_id: 'n', error_class: 'timeout', code: 'node_timeout' };
      expect(events).toMatchObject(Array.from({ length: failures }, () => told));
      expect(meanwhile).toBeGreaterThan(100);
    },
  );

  it('is tried again as often as the policy says', async () => {
    const execution = { timeout_ms: TIMEOUT_MS, retry: { max_attempts: 2, base_delay_ms: 1 } };
    const pipeline = pipelineOf({
      node_type: 'Faulty',
      module: './faulty.mjs',
      execution: { ...execution, on_error: 'mute' },
    });
    const { outputs, metrics } = await pipeline.run(['loop']);
    expect(outputs.filter(({ item }) => item.kind === 'value')).toEqual([]);
    expect(metrics.node_metrics[0]).toMatchObject({ retry_count: 1 });
  });

  it('in `frame` lets its frame go by as it came, and goes on with the next', async () => {
    const execution = { timeout_ms: TIMEOUT_MS, retry: { max_attempts: 1 }, on_error: 'bypass' };
    const node = { node_type: 'HangingFrames', module: './faulty.mjs', execution };
    const pipeline = pipelineOf(node, { inFrames: true });
    const speech = Float32Array.from({ length: 16_000 * 1.5 }, (_, n) => Math.sin(n / 9));
    const running = pipeline.run({ audio: speech, sampleRate: 16_000 });
    const meanwhile = await valuesMeanwhile(running);
    const { audio, events } = await running;
    expect(events).toMatchObject([{ type: 'node_error', error_class: 'timeout' }]);
    expect(audio?.planes).toEqual([speech]);
    expect(meanwhile).toBeGreaterThan(100);
  });

  it('ends with the session that is closed while it hangs', async () => {
    const pipeline = pipelineOf({
      node_type: 'Faulty',
      module: './faulty.mjs',
      execution: { timeout_ms: 600_000 },
    });
    const session: PipelineSession = await pipeline.session();
    const outputs = session.outputs[Symbol.asyncIterator]();
    await session.push({ kind: 'value', value: 'count' });
    await outputs.next();
    await session.push({ kind: 'value', value: 'loop' });
    expect(await valuesMeanwhile(session.close())).toBeGreaterThanOrEqual(0);
  });
});

it('a manifest that wants a thread where there are none is told what that takes', async () => {
  const node = { id: 'n', node_type: 'Faulty', executor: 'worker', module: './faulty.mjs' };
  const pipeline = Pipeline.fromManifest({ version: 'v1', nodes: [node] }, { base: NODES });
  await expect(pipeline.load()).rejects.toMatchObject({
    code: 'module_not_loaded',
    message: expect.stringContaining('`workerHost` of `@remotemedia/pipeline/worker`'),
  });
  const { module: _, ...named } = node;
  await expect(Pipeline.fromManifest({ version: 'v1', nodes: [named] }).session()).rejects.toMatchObject({
    code: 'module_missing',
    message: expect.stringContaining('in a page, take `executor: javascript`'),
  });
  await expect(pipelineOf(named as never).session()).rejects.toMatchObject({ code: 'module_missing' });
});
