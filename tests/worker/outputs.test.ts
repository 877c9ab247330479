/** Outputs of nodes in threads: all of them, in order, never more on the way than there is room for. */
import { afterEach, describe, expect, it } from 'vitest';
import { plainValue } from '../python/runtimes.js';
import { closeNodes, freshContext, nodeOf, pipelineOf } from './threads.js';

afterEach(closeNodes);

/** More than may ever be on their way. */
const FEW = 40;
const outputs = () => nodeOf('./outputs.mjs', 'Outputs');

describe('outputs from a thread', () => {
  it.each([
    ['at once', false],
    ['one by one', true],
  ])('that are made %s come in order, a thousand and more', async (_, later) => {
    const { values } = outputs();
    for (const count of [0, 1, 15, 16, 17, 32, 1000]) {
      expect(await values({ count, later })).toEqual(Array.from({ length: count }, (_, n) => n));
    }
  });

  it('are made only as far as they are taken', async () => {
    const { node, values } = outputs();
    const output = await node.process({ kind: 'value', value: { count: 1000 } }, freshContext());
    const stream = (output as AsyncIterable<never>)[Symbol.asyncIterator]();
    for (let taken = 1; taken <= 20; taken++) await stream.next();
    await stream.return!();
    const [counts] = await values('made');
    expect(counts).toMatchObject({ ended: 1 });
    expect((counts as { made: number }).made).toBeLessThan(FEW);
  });

  it('without end are ended by whoever has enough, or calls again', async () => {
    const { node, values } = outputs();
    const endless = { kind: 'value', value: 'endless' } as const;
    for await (const item of (await node.process(endless, freshContext())) as AsyncIterable<never>) {
      if (plainValue(item) === 100) break;
    }
    expect(await values('made')).toEqual([{ made: expect.any(Number), ended: 1 }]);
    await node.process(endless, freshContext());
    const [counts] = await values('made');
    expect(counts).toMatchObject({ ended: 2 });
    expect((counts as { made: number }).made).toBeLessThan(100 + 2 * FEW);
  });

  it('come before the failure that follows them', async () => {
    const { node, values } = outputs();
    const stream = (await node.process(
      { kind: 'value', value: 'half' },
      freshContext(),
    )) as AsyncIterable<never>;
    const iterator = stream[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { value: 1 } });
    await expect(iterator.next()).rejects.toThrow('half way');
    expect(await values('falsy')).toHaveLength(6);
  });

  it('may be nothing that is true', async () => {
    expect(await outputs().values('falsy')).toEqual([0, '', false, null, [], {}]);
  });

  it('may come at the end of the input', async () => {
    const { node } = outputs();
    expect(await node.endOfInput!(freshContext())).toEqual({ kind: 'value', value: 'over' });
  });

  it('keep the order of the items, however long each takes', async () => {
    const values = Array.from({ length: 50 }, (_, n) => n);
    const result = await pipelineOf({ node_type: 'Slow', module: './outputs.mjs' }).run(values);
    expect(result.value).toEqual(values);
  });
});
