/** `remotemedia import`: from a file of the SDK to one that runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { remotemedia } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'remotemedia-import-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fixture = (file: string) => `tests/fixtures/manifests/${file}`;

test('a manifest in another dialect becomes YAML that validates, and what changed is said', async () => {
  const path = join(folder, 'edges.yaml');
  const { exitCode, stderr, stdout } = await remotemedia([
    'import',
    fixture('containers-edges.json'),
    '-o',
    path,
  ]);
  expect([exitCode, stdout.length]).toEqual([0, 0]);
  expect(stderr).toContain(
    'containers-edges.json: nodes[1].params.device is no parameter of GainNode and left out\n',
  );
  expect(readFileSync(path, 'utf8')).toMatch(/^version: v1\nmetadata:\n {2}name: edges\n/);
  expect((await remotemedia(['validate', path])).exitCode).toBe(0);
});

test('the command that it names runs the input that came along', async () => {
  const path = join(folder, 'text.json');
  const { stderr } = await remotemedia(['import', fixture('wrapped-text.json'), '-o', path]);
  const [, input] = /remotemedia run \S+text\.json --input '(.*)'/.exec(stderr)!;
  const { stdout } = await remotemedia(['run', path, '--input', input!]);
  const results = JSON.parse(stdout.toString()).map((it: { results: object }) => it.results);
  expect(results).toEqual([
    { uppercase: 'HELLO THERE', word_count: 2 },
    { lowercase: 'snakes on a page', char_count: 16 },
  ]);
});

test('what looks like a variable stays what it is', async () => {
  const nodes = [{ id: 'a', nodeType: 'PassThrough' }];
  const old = JSON.stringify({ version: '1.0', name: `at \${HOME}`, nodes });
  const { stdout } = await remotemedia(['import', '-', '-q'], old);
  const validated = await remotemedia(['validate', '--json', '-'], stdout);
  expect(JSON.parse(validated.stdout.toString()).manifest.metadata.name).toBe(`at \${HOME}`);
});

test('standard output is YAML alone, and --quiet says nothing else', async () => {
  const piped = await remotemedia(['import', '-', '--quiet'], readFileSync(fixture('voice-assistant.yaml')));
  expect(piped.stderr).toBe('');
  const validated = await remotemedia(['validate', '-'], piped.stdout);
  expect(validated.stdout.toString()).toBe('-: ok\n');
});

test('what cannot run here is refused with the reason, and nothing is written', async () => {
  const { exitCode, stderr, stdout } = await remotemedia(['import', fixture('contact-centre.yaml')]);
  expect([exitCode, stdout.length]).toEqual([1, 0]);
  expect(stderr).toContain('nodes[1].node_type: `SpeakerDiarizationNode` tells speakers apart with a model');
});

test('whoever validates such a manifest is told of the command', async () => {
  const { stderr } = await remotemedia(['validate', fixture('contact-centre.yaml')]);
  expect(stderr).toContain('contact-centre.yaml:1:10: version: Version `1.0` is not supported.');
  expect(stderr).toContain('`remotemedia import` rewrites manifests of the RemoteMedia SDK.');
});
