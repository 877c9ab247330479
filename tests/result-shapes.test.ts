/** The table of docs/PIPELINES.md that says what shape results have. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { Pipeline } from '@remotemedia/pipeline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { execute, startOnLoopback } from './support/server.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CALCULATOR = join(ROOT, 'configs/values/calculator.yaml');
const yaml = readFileSync(CALCULATOR, 'utf8');
const INPUTS = ['[5, 7, 3]', '[5]', '5', '[]'];

/** What a row of the table says of each input: `[5]` and `5` share a column. */
function documented(row: number): unknown[] {
  const text = readFileSync(join(ROOT, 'docs/PIPELINES.md'), 'utf8');
  const [, table] = /\n## Shapes of results\n[\s\S]*?\| --- .*\n((?:\|.*\n)+)/.exec(text)!;
  const [list, one, none] = table!.split('\n')[row]!.split('|').slice(2, 5);
  return [list, one, one, none].map((cell) => JSON.parse(cell!.replaceAll('`', '')));
}

async function printed(manifest: string): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const input of INPUTS) {
    const command = [join(ROOT, 'cli/bin/remotemedia.js'), 'run', manifest, '--input', input];
    results.push(JSON.parse((await promisify(execFile)(process.execPath, command)).stdout));
  }
  return results;
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'shapes-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('of run in code', async () => {
  const results = INPUTS.map(async (input) => (await Pipeline.fromYaml(yaml).run(JSON.parse(input))).value);
  expect(await Promise.all(results)).toEqual(documented(0));
});

it('of the command, on values in Rust', async () => {
  const results = (await printed(CALCULATOR)) as { outputs: unknown }[];
  expect(results.map(({ outputs }) => outputs)).toEqual(documented(1));
  expect(results[0]).toMatchObject({ status: 'success', graph_info: {}, node_errors: [] });
});

it('of the command, with a node in JavaScript', async () => {
  const mixed = join(directory, 'mixed.yaml');
  const module = `export default { spec: { node_type: 'Same', summary: 'Passes on.', executor: 'javascript', params: [] },
    create: () => ({ process: (item) => item }) };`;
  writeFileSync(join(directory, 'same.js'), module);
  const manifest = JSON.stringify({
    version: 'v1',
    nodes: [
      { id: 'multiply', node_type: 'MultiplyNode', params: { multiplier: 2 } },
      { id: 'add', node_type: 'AddNode', params: { addend: 10 } },
      { id: 'same', node_type: 'Same', module: './same.js' },
    ],
    connections: [
      { from: 'multiply', to: 'add' },
      { from: 'add', to: 'same' },
    ],
  });
  writeFileSync(mixed, manifest);
  expect(await printed(mixed)).toEqual(documented(2));
});

it.skipIf(!isNativeRuntimeAvailable())('of HTTP', async () => {
  const server = await startOnLoopback();
  try {
    const manifest = parse(yaml);
    const results: unknown[] = [];
    for (const input of INPUTS) {
      const answer = await execute(server, { manifest, input: JSON.parse(input) });
      results.push(answer['values']);
    }
    expect(results).toEqual(documented(3));
  } finally {
    await server.close();
  }
});
