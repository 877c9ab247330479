/** Packages in the folder of a running gateway: served by the names of their files, and replaced while it runs. */
import { buildPackage } from '@remotemedia/pipeline/package';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServedFolder } from '../support/served-folder.js';

const TIMEOUT_MS = 60_000;
let folder: ServedFolder;
beforeEach(() => {
  folder = new ServedFolder();
});
afterEach(() => folder.close());

const write = (file: string, content: string | Uint8Array) => folder.write(file, content);
const execute = async (pipeline: string, input: unknown) =>
  (await folder.execute({ pipeline, input }))['values'];

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

describe('packages in the folder of pipelines', () => {
  it('are pipelines by the names of their files, each with its own modules', async () => {
    write('hello.rmpkg', greeting('hello '));
    write('goodbye.rmpkg', greeting('goodbye '));
    const server = await folder.serve();
    expect(server.pipelines.views.map(({ name }) => name)).toEqual(['echo', 'goodbye', 'hello']);
    expect(await Promise.all([execute('hello', 'you'), execute('goodbye', 'you')])).toEqual([
      ['hello you'],
      ['goodbye you'],
    ]);
  });

  it(
    'are replaced while the gateway runs, modules included; what is unsound is not taken, however often',
    async () => {
      write('hello.rmpkg', greeting('hello '));
      await folder.serve();
      expect(await folder.changed('changed', () => write('hello.rmpkg', greeting('hi ')))).toBe('hello');
      expect(await execute('hello', 'you')).toEqual(['hi you']);
      for (const fault of ['(', ')', '[']) {
        const broken = greeting('broken ', fault);
        expect(await folder.changed('refused', () => write('hello.rmpkg', broken))).toBe('hello.rmpkg');
        expect(await execute('hello', 'you')).toEqual(['hi you']);
      }
      const cutOff = greeting('short ').subarray(0, 100);
      expect(await folder.changed('refused', () => write('hello.rmpkg', cutOff))).toBe('hello.rmpkg');
      expect(folder.log.at(-1)).toMatchObject({
        file: 'hello.rmpkg',
        complaints: [{ code: 'not_a_package' }],
      });
      expect(await execute('hello', 'you')).toEqual(['hi you']);
      expect(await folder.changed('removed', () => folder.remove('hello.rmpkg'))).toBe('hello');
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
      await folder.serve({ SECRET: 'a secret' });
      expect(await execute('say', '!')).toEqual([`\${SECRET}!`]);
    },
    TIMEOUT_MS,
  );

  it('keep the gateway from starting where they are unsound, as manifests do', async () => {
    write('bad.rmpkg', 'no archive');
    write('nonsense.yaml', 'version: v1\nnodes: [{ id: a, node_type: Nonsense }]\n');
    await expect(folder.serve()).rejects.toThrow(/bad\.rmpkg.*no ZIP archive[\s\S]*nonsense\.yaml/);
  });
});
