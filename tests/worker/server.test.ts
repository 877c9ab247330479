/** A served pipeline whose node hangs in its thread, over HTTP: whoever asks meanwhile is answered. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { type RunningServer, start } from '@remotemedia/signaling';
import { afterEach, describe, expect, it } from 'vitest';

/** Longer than all that is asked meanwhile takes on a busy machine. */
const TIMEOUT_MS = 3000;

let server: RunningServer | undefined;
const directory = mkdtempSync(join(tmpdir(), 'pipelines-'));
afterEach(async () => {
  await server?.close();
  rmSync(directory, { recursive: true });
});

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
    writeFileSync(join(directory, 'hanging.mjs'), MODULE);
    writeFileSync(join(directory, 'hanging.json'), JSON.stringify(manifest));
    copyFileSync(new URL('../../configs/pipelines/echo.yaml', import.meta.url), join(directory, 'echo.yaml'));
    const lines: string[] = [];
    server = await start({
      environment: {
        REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
        REMOTEMEDIA_HTTP_PORT: '0',
        REMOTEMEDIA_MEDIA_PORT: '0',
        REMOTEMEDIA_MEDIA_THREADS: '1',
        REMOTEMEDIA_PIPELINES_DIRECTORY: directory,
        REMOTEMEDIA_PIPELINES_DEFAULT: 'echo',
      },
      output: { write: (line) => lines.push(line) },
    });
    const get = async (path: string) => (await fetch(new URL(path, server!.url))).json();
    const execute = async (body: object) => {
      const headers = { 'content-type': 'application/json' };
      const url = new URL('/api/v1/execute', server!.url);
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    };

    let isAnswered = false;
    const hanging = execute({ pipeline: 'hanging', input: 'hang' }).finally(() => {
      isAnswered = true;
    });
    for (const input of ['a', 'b', 'print']) {
      expect(await execute({ pipeline: 'hanging', input })).toMatchObject({ values: [input] });
    }
    expect(await get('/readyz')).toMatchObject({ ready: true });
    expect(isAnswered).toBe(false);
    expect(await hanging).toMatchObject({
      code: 'execution_timeout',
      detail: expect.stringContaining('longer than 3000 ms'),
    });
    expect(await execute({ pipeline: 'hanging', input: 'again' })).toMatchObject({ values: ['again'] });

    const { pipelines } = await get('/api/v1/pipelines');
    const [view] = pipelines.filter(({ name }: { name: string }) => name === 'hanging');
    expect(view.nodes).toMatchObject([{ id: 'n', executor: 'worker' }]);
    expect(lines.join('')).toContain('printed in the thread');
    expect(await execute({ manifest, input: 'x' })).toMatchObject({ code: 'module_not_allowed' });
  });
});
