/** docs/PACKAGES.md tells the truth: its commands and samples run, and its lists are complete. */
import { execFile } from 'node:child_process';
import { mkdtempSync, openAsBlob, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WASM_PATH } from '@remotemedia/native-dsp';
import * as packages from '@remotemedia/pipeline/package';
import { expect, it } from 'vitest';
import { runSample, samplesOf } from './run-sample.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 60_000;
const text = readFileSync(join(ROOT, 'docs/PACKAGES.md'), 'utf8');

it(
  'its commands make a package, which its lines load and run',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'packages-'));
    const path = join(directory, 'calculator.rmpkg');
    const commands = samplesOf(text, 'sh')[0]!.replaceAll('calculator.rmpkg', path);
    const { stdout } = await promisify(execFile)('bash', ['-euc', commands], { cwd: ROOT });
    expect(stdout).toMatch(/\n\[20,24,16\]\n$/);
    const given = { file: new File([readFileSync(path)], 'calculator.rmpkg'), inputData: [5, 7, 3] };
    const blob = await openAsBlob(path);
    expect((await packages.PackageLoader.loadFromFile(blob)).manifest).toMatchObject({ version: 'v1' });
    rmSync(directory, { recursive: true });
    const { result, metrics } = await runSample(
      `import { file, inputData } from 'given';\n${samplesOf(text, 'ts')[0]}`,
      ['result', 'metrics'],
      { '@remotemedia/pipeline/package': packages, given },
    );
    expect(result).toMatchObject({ status: 'success', outputs: [20, 24, 16] });
    for (const field of [...Object.keys(result as object), ...Object.keys(metrics as object)])
      expect(text).toContain(field);
  },
  PATIENCE_MS,
);

it('its module is one that a package can have', async () => {
  const manifest = 'version: v1\nnodes: [{ id: a, node_type: Shout, module: ./a.js }]\nconnections: []\n';
  const readModule = () => samplesOf(text, 'js')[0]!;
  const pkg = await packages.PackageLoader.load(packages.buildPackage(manifest, { readModule }).bytes);
  expect((await packages.openPackage(pkg, { trust: true }).run('hello')).value).toBe('HELLO');
});

it('its figures are those of the limits and of the module, its codes those of the errors', () => {
  const { packedBytes, unpackedBytes, textBytes, entries } = packages.PACKAGE_LIMITS;
  expect(packedBytes).toBe(unpackedBytes);
  expect(text).toContain(
    `${packedBytes / 1e6} MB packed and unpacked, ${entries} entries, ${textBytes / 1e6} MB each`,
  );
  expect(text).toContain(`our WebAssembly module, ${Math.round(statSync(WASM_PATH).size / 1e6)} MB`);
  const source = readFileSync(join(ROOT, 'pipeline/src/package/errors.ts'), 'utf8');
  const codes = [...source.matchAll(/\| '(\w+)'/g)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(5);
  for (const code of codes) expect(text).toContain(`\`${code}\``);
});
