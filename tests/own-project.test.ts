/** What docs/PIPELINES.md says of projects outside the clone works as it stands there. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { samplesOf } from './run-sample.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 60_000;
const section = readFileSync(join(ROOT, 'docs/PIPELINES.md'), 'utf8')
  .split('\n## In a project of your own\n')[1]!
  .split('\n## ')[0]!;
const [install, bundle] = samplesOf(section, 'sh');
const [shout] = samplesOf(section, 'js');

let parent: string;
let mine: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'own-project-'));
  mine = join(parent, 'mine');
  mkdirSync(mine);
  symlinkSync(ROOT, join(parent, 'remotemedia'));
  writeFileSync(join(mine, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(mine, 'shout.js'), shout!);
  writeFileSync(
    join(mine, 'shout.yaml'),
    'version: v1\nnodes:\n  - { id: shout, node_type: Shout, module: ./shout.js }\n',
  );
  writeFileSync(
    join(mine, 'tremolo.js'),
    `import { defineNode } from '@remotemedia/pipeline';
     export default defineNode({ type: 'Twice', takes: ['value'], gives: ['value'], params: [],
       summary: 'Doubles.', create: () => ({ process: ({ value }) => ({ kind: 'value', value: value * 2 }) }) });`,
  );
  for (const [name, module] of [
    ['imports', './tremolo.js'],
    ['bundled', './bundled/tremolo.js'],
  ])
    writeFileSync(
      join(mine, `${name}.yaml`),
      `version: v1\nnodes: [{ id: twice, node_type: Twice, module: ${module} }]\n`,
    );
});
afterAll(() => rmSync(parent, { recursive: true }));

/** Nothing is fetched: what is installed is in the clone. */
const sh = async (cwd: string, commands: string): Promise<string> => {
  const env = { ...process.env, npm_config_offline: 'true', npm_config_audit: 'false' };
  return (await promisify(execFile)('bash', ['-euc', commands], { cwd, env })).stdout;
};
const run = (manifest: string) => sh(ROOT, `npx remotemedia run ${join(mine, manifest)} --input '[4]'`);

it(
  'a module bundled in the clone runs where the package is not installed, and in a package, and one that imports it does not',
  async () => {
    await expect(run('imports.yaml')).rejects.toThrow('module_not_loaded');
    await sh(ROOT, bundle!.replaceAll('../mine', mine));
    expect(await run('bundled.yaml')).toBe('8\n');
    const packed = join(mine, 'bundled.rmpkg');
    await sh(ROOT, `npx remotemedia package ${join(mine, 'bundled.yaml')} -o ${packed}`);
    const command = `npx remotemedia run ${packed} --trust --input '[4]'`;
    expect(await sh(ROOT, command)).toBe('8\n');
    expect(samplesOf(readFileSync(join(ROOT, 'docs/PACKAGES.md'), 'utf8'), 'sh')).toContain(bundle);
  },
  PATIENCE_MS,
);

it(
  'a project installs from the clone beside it, and has the command and the imports',
  async () => {
    expect(await sh(mine, install!)).toMatch(/^"HELLO"$/m);
    expect(await run('imports.yaml')).toBe('8\n');
  },
  PATIENCE_MS,
);
