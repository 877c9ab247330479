/** Packages in the folder of a running gateway: served by the names of their files, and replaced while it runs. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from '@remotemedia/pipeline/package';
import { type ReloadResult, type RunningServer, start } from '@remotemedia/signaling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const TIMEOUT_MS = 60_000;
let directory: string;
let server: RunningServer | undefined;
let log: Record<string, unknown>[];

beforeEach(() => {
  log = [];
  directory = mkdtempSync(join(tmpdir(), 'packages-'));
  copyFileSync(new URL('../../configs/pipelines/echo.yaml', import.meta.url), join(directory, 'echo.yaml'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(directory, { recursive: true });
});

const write = (file: string, content: string | Uint8Array) => writeFileSync(join(directory, file), content);

/** A node that puts a word before a text, in a module of the same name whatever the word is. */
const greeting = (word: string, more = '') =>
  buildPackage(
    `version: v1
nodes: [{ id: greet, node_type: Greet, module: ./greet.mjs }]
connections: []
`,
    {
      readModule: () => `export default {
  spec: { node_type: 'Greet', summary: 'Greets.', executor: 'javascript', params: [] },
  create: () => ({ process: ({ value }) => ({ kind: 'value', value: ${JSON.stringify(word)} + value }) }),
};${more}
`,
    },
  ).bytes;

async function serve(): Promise<RunningServer> {
  server = await start({
    environment: {
      REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
      REMOTEMEDIA_HTTP_PORT: '0',
      REMOTEMEDIA_MEDIA_PORT: '0',
      REMOTEMEDIA_MEDIA_THREADS: '1',
      REMOTEMEDIA_PIPELINES_DIRECTORY: directory,
      REMOTEMEDIA_PIPELINES_DEFAULT: 'echo',
      SECRET: 'a secret',
    },
    output: { write: (line: string) => log.push(JSON.parse(line)) > 0 },
  });
  return server;
}

/** What comes first of what a change of the folder is to come to. @returns the name of the pipeline, or of the refused file. */
function changed(kind: ReloadResult, change: () => void): Promise<string> {
  const told = new Promise<string>((resolve) => {
    const listen = (result: ReloadResult, name: string) => {
      if (result !== kind) return;
      server!.pipelines.off('reloaded', listen);
      resolve(name);
    };
    server!.pipelines.on('reloaded', listen);
  });
  change();
  return told;
}

async function execute(pipeline: string, input: unknown): Promise<unknown> {
  const response = await fetch(new URL('/api/v1/execute', server!.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pipeline, input }),
  });
  return ((await response.json()) as { values: unknown }).values;
}

describe('packages in the folder of pipelines', () => {
  it('are pipelines by the names of their files, each with its own modules', async () => {
    write('hello.rmpkg', greeting('hello '));
    write('goodbye.rmpkg', greeting('goodbye '));
    await serve();
    expect(server!.pipelines.views.map(({ name }) => name)).toEqual(['echo', 'goodbye', 'hello']);
    expect(await Promise.all([execute('hello', 'you'), execute('goodbye', 'you')])).toEqual([
      ['hello you'],
      ['goodbye you'],
    ]);
  });

  it(
    'are replaced while the gateway runs, modules included; what is unsound is not taken, however often',
    async () => {
      write('hello.rmpkg', greeting('hello '));
      await serve();
      expect(await changed('changed', () => write('hello.rmpkg', greeting('hi ')))).toBe('hello');
      expect(await execute('hello', 'you')).toEqual(['hi you']);
      for (const fault of ['(', ')', '[']) {
        const broken = greeting('broken ', fault);
        expect(await changed('refused', () => write('hello.rmpkg', broken))).toBe('hello.rmpkg');
        expect(await execute('hello', 'you')).toEqual(['hi you']);
      }
      const cutOff = greeting('short ').subarray(0, 100);
      expect(await changed('refused', () => write('hello.rmpkg', cutOff))).toBe('hello.rmpkg');
      expect(log.at(-1)).toMatchObject({ file: 'hello.rmpkg', complaints: [{ code: 'not_a_package' }] });
      expect(await execute('hello', 'you')).toEqual(['hi you']);
      expect(await changed('removed', () => rmSync(join(directory, 'hello.rmpkg')))).toBe('hello');
    },
    TIMEOUT_MS,
  );

  it(
    'run modules in Python, and are told nothing of the environment',
    async () => {
      const manifest = `version: v1
nodes: [{ id: say, node_type: Say, module: ./say.py, params: { text: "$\${SECRET}" } }]
connections: []
`;
      const readModule = () => `from remotemedia import Node

class Say(Node):
    """Says its text."""

    params = [{"name": "text", "type": "string", "default": "", "documentation": "What."}]
    takes = ["value"]
    gives = ["value"]

    def process(self, item):
        return self.params["text"] + item
`;
      write('say.rmpkg', buildPackage(manifest, { readModule }).bytes);
      await serve();
      expect(await execute('say', '!')).toEqual([`\${SECRET}!`]);
    },
    TIMEOUT_MS,
  );

  it('keep the gateway from starting where they are unsound, as manifests do', async () => {
    write('bad.rmpkg', 'no archive');
    write('nonsense.yaml', 'version: v1\nnodes: [{ id: a, node_type: Nonsense }]\n');
    await expect(serve()).rejects.toThrow(/bad\.rmpkg.*no ZIP archive[\s\S]*nonsense\.yaml/);
  });
});
