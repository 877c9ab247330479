import { describe, expect, it } from 'vitest';
import type { Item } from '../item.js';
import { Pipeline } from '../pipeline.js';

const echo = () =>
  Pipeline.fromManifest({
    version: 'v1',
    metadata: { name: 'echo' },
    nodes: [{ id: 'echo', node_type: 'PassThrough' }],
    connections: [],
  });
const audio: Item = { kind: 'audio', planes: [new Float32Array(480).fill(0.5)], sampleRate: 48_000 };

async function through(...items: Item[]) {
  const session = await echo().session();
  for (const item of items) await session.push(item);
  await session.end();
  const outputs = [];
  for await (const { item } of session.outputs) outputs.push(item);
  return outputs;
}

describe('a pipeline that works on audio and on values alike', () => {
  it('works on what comes first', async () => {
    expect(await through({ kind: 'value', value: 0 })).toEqual([{ kind: 'value', value: 0 }]);
    expect(await through(audio)).toMatchObject([
      { kind: 'audio', planes: [new Float32Array(480).fill(0.5)] },
    ]);
    expect(await through()).toEqual([]);
  });

  it('does not change its mind', async () => {
    const session = await echo().session();
    await session.push(audio);
    await expect(session.push({ kind: 'value', value: 1 })).rejects.toMatchObject({
      code: 'input_not_taken',
    });
    await session.flush();
    expect(session.totals('echo')).toMatchObject({ pipelines: [{ duration: { count: 1 } }], calls: [] });
    await session.close();
  });

  it('can be closed before anything came, whoever reads', async () => {
    const session = await echo().session();
    const reading = (async () => {
      for await (const _ of session.outputs);
    })();
    expect(session.getMetrics().total_executions).toBe(0);
    expect(session.totals('echo')).toEqual({ pipelines: [], calls: [] });
    await session.close();
    await reading;
    await expect(session.push(audio)).rejects.toThrow();
  });
});
