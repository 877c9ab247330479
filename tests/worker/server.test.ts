/** A served pipeline whose node hangs in its thread, over HTTP: whoever asks meanwhile is answered. */
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { afterEach, describe, expect, it } from 'vitest';
import { ServedFolder } from '../support/served-folder.js';

/** Longer than all that is asked meanwhile takes on a busy machine. */
const TIMEOUT_MS = 3000;

const folder = new ServedFolder();
afterEach(() => folder.close());

/** Plain objects, for beside a folder of pipelines there need be no packages. */
const MODULE = `export default {
  spec: { node_type: 'Hanging', summary: 'Hangs where it is told to.', executor: 'javascript', params: [] },
  create: () => ({
    process(item) {
      if (item.value === 'print') console.log('printed in the thread');
      while (item.value === 'hang');
      return item;
    },
  }),
};`;

describe.skipIf(!isNativeRuntimeAvailable())('a gateway with a node in a thread', () => {
  it('answers others while it hangs, tells that it was killed, and runs it again', async () => {
    const manifest = {
      version: 'v1',
      metadata: { name: 'hanging' },
      nodes: [
        {
          id: 'n',
          node_type: 'Hanging',
          module: './hanging.mjs',
          executor: 'worker',
          execution: { timeout_ms: TIMEOUT_MS, retry: { max_attempts: 1 }, on_error: 'fail_session' },
        },
      ],
    };
    folder.write('hanging.mjs', MODULE);
    folder.write('hanging.json', JSON.stringify(manifest));
    const { url } = await folder.serve();
    const get = async (path: string) => (await fetch(new URL(path, url))).json();

    let isAnswered = false;
    const hanging = folder.execute({ pipeline: 'hanging', input: 'hang' }).finally(() => {
      isAnswered = true;
    });
    for (const input of ['a', 'b', 'print']) {
      expect(await folder.execute({ pipeline: 'hanging', input })).toMatchObject({ values: [input] });
    }
    expect(await get('/readyz')).toMatchObject({ ready: true });
    expect(isAnswered).toBe(false);
    expect(await hanging).toMatchObject({
      code: 'execution_timeout',
      detail: expect.stringContaining('longer than 3000 ms'),
    });
    expect(await folder.execute({ pipeline: 'hanging', input: 'again' })).toMatchObject({
      values: ['again'],
    });

    const { pipelines } = await get('/api/v1/pipelines');
    const [view] = pipelines.filter(({ name }: { name: string }) => name === 'hanging');
    expect(view.nodes).toMatchObject([{ id: 'n', executor: 'worker' }]);
    expect(JSON.stringify(folder.log)).toContain('printed in the thread');
    expect(await folder.execute({ manifest, input: 'x' })).toMatchObject({ code: 'module_not_allowed' });
  });
});
