/** Pipelines with nodes outside the audio graph, from the command line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWavHeader } from '@remotemedia/pipeline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { remotemedia } from './command.js';

const SPEECH = 'tests/fixtures/speech.wav';
/** Python takes seconds to start where the machine is busy. */
const PATIENCE_MS = 90_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'remotemedia-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('a value goes through nodes in three languages', { timeout: PATIENCE_MS }, async () => {
  const { stdout, stderr } = await remotemedia(['run', 'tests/hybrid/pipeline.yaml', '--input', '["ab"]']);
  expect([stdout.toString(), stderr]).toEqual(['["A-!!","B-!!"]\n', '']);
});

it('a WAV file goes through the graph, its utterances to Python, and what that says to the events', {
  timeout: PATIENCE_MS,
}, async () => {
  const [output, events] = ['out.wav', 'events.jsonl'].map((name) => join(folder, name)) as [string, string];
  const { exitCode, stderr } = await remotemedia([
    'run',
    'tests/hybrid/utterances.yaml',
    '-i',
    SPEECH,
    '-O',
    output,
    '--events',
    events,
    '-q',
  ]);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(parseWavHeader(readFileSync(output))?.dataBytes).toBe(
    parseWavHeader(readFileSync(SPEECH))?.dataBytes,
  );
  const told = readFileSync(events, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const utterances = told.filter(({ type }) => type === 'utterance');
  const texts = told.filter(({ type }) => type === 'node_output').map(({ value }) => value.original_text);
  expect(utterances.length).toBeGreaterThan(1);
  expect(texts).toHaveLength(utterances.length);
  for (const text of texts) expect(text).toMatch(/^\d+ samples$/);
});

it('a node in a thread of its own prints beside the results', { timeout: PATIENCE_MS }, async () => {
  const manifest = join(folder, 'thread.yaml');
  writeFileSync(
    manifest,
    'version: v1\nnodes: [{ id: a, node_type: A, executor: worker, module: ./thread.mjs }]\n',
  );
  const code =
    'export const A = { spec: { node_type: "A", summary: "", executor: "javascript" }, create: () => ({ process(item) { console.log("got", item.value); return item; } }) };';
  writeFileSync(join(folder, 'thread.mjs'), code);
  const { stdout, stderr } = await remotemedia(['run', manifest, '--input', '[0, "b"]']);
  expect([stdout.toString(), stderr]).toEqual(['[0,"b"]\n', 'got 0\ngot b\n']);
});

it('a node outside that fails says so and ends with 1', { timeout: PATIENCE_MS }, async () => {
  const manifest = join(folder, 'failing.yaml');
  writeFileSync(manifest, 'version: v1\nnodes: [{ id: a, node_type: A, module: ./failing.mjs }]\n');
  const code =
    'export const A = { spec: { node_type: "A", summary: "", executor: "javascript" }, create: () => ({ process() { throw new Error("not today"); } }) };';
  writeFileSync(join(folder, 'failing.mjs'), code);
  const { exitCode, stderr } = await remotemedia(['run', manifest, '-i', '1']);
  expect([exitCode, stderr]).toEqual([1, 'remotemedia: node a: not today [node_threw]\n']);
  writeFileSync(join(folder, 'failing.mjs'), 'nonsense');
  const broken = await remotemedia(['run', manifest, '-i', '1']);
  expect([broken.exitCode, broken.stderr]).toEqual([
    1,
    expect.stringContaining('./failing.mjs of node a cannot be loaded'),
  ]);
});

it('a value that a node failed on is no result, and is told beside the results', {
  timeout: PATIENCE_MS,
}, async () => {
  const manifest = join(folder, 'failing.yaml');
  const node = '{ id: odd, node_type: Odd, module: ./odd.mjs, execution: { on_error: mute } }';
  writeFileSync(manifest, `version: v1\nnodes: [${node}]\n`);
  const code = `export default {
    spec: { node_type: 'Odd', summary: '', executor: 'javascript' },
    create: () => ({ process: (item) => { if (item.value % 2) return item; throw new Error('even'); } }),
  };`;
  writeFileSync(join(folder, 'odd.mjs'), code);
  const { stdout, stderr, exitCode } = await remotemedia(['run', manifest, '--input', '[1, 2, 3]']);
  expect([stdout.toString(), exitCode]).toEqual(['[1,3]\n', 0]);
  expect(stderr).toMatch(/^remotemedia: warning: node odd: even \[\w+\], mute\n$/);
});

it('a WAV file goes through a node in JavaScript that is all there is', async () => {
  const manifest = join(folder, 'still.yaml');
  const output = join(folder, 'still.wav');
  const spec = {
    node_type: 'Still',
    summary: '',
    executor: 'javascript',
    takes: ['audio'],
    gives: ['audio'],
  };
  writeFileSync(manifest, 'version: v1\nnodes: [{ id: a, node_type: Still, module: ./still.mjs }]\n');
  writeFileSync(
    join(folder, 'still.mjs'),
    `export default {
      spec: ${JSON.stringify(spec)},
      create: () => ({ frame: (planes) => void planes.forEach((plane) => plane.fill(0.25)) }),
    };`,
  );
  const { exitCode, stderr } = await remotemedia(['run', manifest, '-i', SPEECH, '-O', output, '-q']);
  expect([exitCode, stderr]).toEqual([0, '']);
  const [before, after] = [SPEECH, output].map((path) => readFileSync(path));
  expect(after!.length).toBe(before!.length);
  expect(after!.readInt16LE(after!.length / 2)).toBe(8192);
});
