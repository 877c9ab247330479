/** How a gateway in a process of its own ends: at once, whatever it has begun. */
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGateway } from '../e2e/gateway-process.js';

const PYTHON = `from remotemedia import Node

class Same(Node):
    def process(self, item):
        return item
`;
/** Each says that its import has begun, which then never ends. */
const HANGING = {
  worker: {
    file: 'hanging.mjs',
    source: (flag: string) =>
      `import { writeFileSync } from 'node:fs'; writeFileSync('${flag}', ''); while (true);`,
  },
  javascript: {
    file: 'hanging.mjs',
    source: (flag: string) =>
      `import { writeFileSync } from 'node:fs'; writeFileSync('${flag}', ''); await new Promise(() => {});`,
  },
  cpython: {
    file: 'hanging.py',
    source: (flag: string) => `open('${flag}', 'w').close()\nwhile True: pass`,
  },
} as const;

let directory: string;
let gateway: GatewayProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shutdown-'));
  copyFileSync(new URL('../../configs/pipelines/echo.yaml', import.meta.url), join(directory, 'echo.yaml'));
});
afterEach(async () => {
  if (gateway?.process.exitCode === null) await gateway.stop();
  rmSync(directory, { recursive: true, force: true });
});

function write(file: string, content: string): void {
  writeFileSync(join(directory, file), content);
}

const manifest = (node_type: string, module: string, executor?: string) =>
  JSON.stringify({
    version: 'v1',
    nodes: [{ id: 'n', node_type, module: `./${module}`, ...(executor && { executor }) }],
    connections: [],
  });

const serve = () =>
  startGateway({
    REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
    REMOTEMEDIA_MEDIA_THREADS: '1',
    REMOTEMEDIA_PIPELINES_DIRECTORY: directory,
    REMOTEMEDIA_PIPELINES_DEFAULT: 'echo',
    REMOTEMEDIA_LOGGING_FORMAT: 'json',
  });

async function execute({ url }: GatewayProcess, pipeline: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ pipeline, input: 'a' });
  const response = await fetch(new URL('/api/v1/execute', url), { method: 'POST', headers, body });
  expect(await response.json()).toMatchObject({ values: ['a'] });
}

describe.skipIf(!isNativeRuntimeAvailable())('a gateway that is told to end', () => {
  it('ends with the spare interpreter that two nodes in Python have made it keep', async () => {
    for (const name of ['one', 'two']) {
      write(`${name}.py`, PYTHON);
      write(`${name}.json`, manifest('Same', `${name}.py`));
    }
    gateway = await serve();
    for (const name of ['one', 'two']) await execute(gateway, name);
    expect(await gateway.stop(), gateway.output()).toBe(0);
  }, 60_000);

  it.each(['worker', 'javascript', 'cpython'] as const)(
    'ends while a module never ends its import (%s)',
    async (executor) => {
      gateway = await serve();
      const flag = join(directory, 'imported');
      const { file, source } = HANGING[executor];
      write(file, source(flag));
      write('hanging.json', manifest('Hanging', file, executor));
      await expect.poll(() => existsSync(flag), { timeout: 20_000 }).toBe(true);
      expect(await gateway.stop(), gateway.output()).toBe(0);
      expect(gateway.output()).not.toContain('did not shut down in time');
    },
    60_000,
  );
});
