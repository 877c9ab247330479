/** `remotemedia package` and `test-package`: from files to one file, and what it gives. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PackageLoader, PipelineRunner } from '@remotemedia/pipeline/package';
import { strToU8, zipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { remotemedia } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'remotemedia-package-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const CALCULATOR = 'examples/calculator/calculator.json';
const HYBRID = 'tests/hybrid/pipeline.yaml';
const PATIENCE_MS = 60_000;

async function pack(manifest: string, name: string, ...more: string[]): Promise<string> {
  const { exitCode, stderr } = await remotemedia(['package', manifest, '-o', at(name), ...more]);
  expect([exitCode, stderr]).toEqual([0, '']);
  return at(name);
}

test('the calculator, with a runtime of its own, gives in Node what it gave in the SDK', async () => {
  const path = await pack(CALCULATOR, 'calculator.rmpkg', '--wasm');
  const pkg = await PackageLoader.loadFromFile(new File([readFileSync(path)], 'calculator.rmpkg'));
  const runner = new PipelineRunner();
  await runner.loadWasm(pkg.wasmBinary);
  const { result } = await runner.execute(pkg.manifest, [5, 7, 3]);
  expect(result.outputs).toEqual([20, 24, 16]);
  const { stdout } = await remotemedia(['test-package', path, '--input', '[5, 7, 3]']);
  expect(stdout.toString()).toMatch(
    /calculator\.rmpkg: ok\n {2}calculator 1\.0\.0\n[\s\S]*\n\[20,24,16\]\n$/,
  );
});

test(
  'the text processor runs in Pyodide, and nobody has to trust it',
  async () => {
    const path = await pack('examples/text-processor/text-processor.json', 'text.rmpkg');
    const input = '[{"text": "Hello WASM", "operations": ["uppercase", "word_count"]}]';
    const { stdout } = await remotemedia(['test-package', path, '-q', '-i', input]);
    expect(JSON.parse(stdout.toString())).toMatchObject({
      results: { uppercase: 'HELLO WASM', word_count: 2 },
    });
  },
  PATIENCE_MS,
);

test(
  'modules in Python and JavaScript come along, from folders below that of the manifest',
  async () => {
    const path = await pack(HYBRID, 'hybrid.rmpkg');
    const refused = await remotemedia(['run', path, '-i', '["ab"]']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /nodes\/shout\.mjs would run with the rights.*\[trust_required\]\n.*--trust/,
    );
    for (const command of ['run', 'test-package']) {
      const options = ['-i', '["ab"]', '--trust', '--quiet'];
      expect((await remotemedia([command, path, ...options])).stdout.toString()).toBe('["A-!!","B-!!"]\n');
    }
  },
  PATIENCE_MS,
);

test('the same files make the same bytes', async () => {
  const [first, second] = [await pack(HYBRID, 'first.rmpkg'), await pack(HYBRID, 'second.rmpkg')];
  expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  const dated = at('dated.json');
  writeFileSync(dated, '{ "created_at": "2026-11-25", "author": "Somebody" }');
  const third = await pack(HYBRID, 'third.rmpkg', '--metadata', dated);
  const { metadata } = await PackageLoader.load(readFileSync(third));
  expect(metadata).toMatchObject({ created_at: '2026-11-25', author: 'Somebody' });
});

test('other commands take packages for manifests', async () => {
  const path = await pack(CALCULATOR, 'other.rmpkg');
  expect((await remotemedia(['validate', path])).stdout.toString()).toBe(`${path}: ok\n`);
  expect((await remotemedia(['plan', path])).stdout.toString()).toContain('MultiplyNode');
  expect((await remotemedia(['graph', path])).stdout.toString()).toContain('n_multiply -- "value" --> n_add');
  expect((await remotemedia(['run', path, '-i', '[1]'])).stdout.toString()).toContain('"outputs":12');
});

test('what cannot be packed is refused with everything that is wrong, and nothing is written', async () => {
  const inside = at('inside');
  mkdirSync(inside);
  writeFileSync(at('secret.js'), 'export {};');
  symlinkSync(at('secret.js'), join(inside, 'link.js'));
  writeFileSync(
    join(inside, 'bad.yaml'),
    `version: v1
nodes:
  - { id: a, node_type: A, module: ../secret.js }
  - { id: b, node_type: B, module: ./link.js }
  - { id: c, node_type: C, module: ./missing.py }
connections: []
`,
  );
  const { exitCode, stderr } = await remotemedia([
    'package',
    join(inside, 'bad.yaml'),
    '-o',
    at('bad.rmpkg'),
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/nodes\[0\]\.module: \.\.\/secret\.js leads elsewhere.*\[module_outside\]/);
  expect(stderr).toMatch(/nodes\[1\]\.module: .*link to outside the folder/);
  expect(stderr).toMatch(/nodes\[2\]\.module: .*ENOENT.*\[module_missing\]/);
  expect(() => readFileSync(at('bad.rmpkg'))).toThrow('ENOENT');
});

test('every package that is given is looked at, and one that is wrong is the exit status', async () => {
  const good = await pack(CALCULATOR, 'good.rmpkg');
  const bent = readFileSync(good);
  bent[60]! ^= 1;
  writeFileSync(at('bent.rmpkg'), bent);
  const { exitCode, stderr, stdout } = await remotemedia([
    'test-package',
    at('bent.rmpkg'),
    at('no.rmpkg'),
    good,
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/bent\.rmpkg: the entry manifest\.json .* \[invalid_entry\]/);
  expect(stderr).toContain('no such file');
  expect(stdout.toString()).toContain('good.rmpkg: ok');
  const validated = await remotemedia(['validate', at('bent.rmpkg'), good]);
  expect(validated.exitCode).toBe(1);
  expect(validated.stderr).toContain('[invalid_package]');
  expect(validated.stdout.toString()).toContain('good.rmpkg: ok');
});

test('a command that is called wrongly says how it is called', async () => {
  for (const args of [
    ['package'],
    ['package', CALCULATOR],
    ['package', CALCULATOR, '-o', 'x.zip'],
    ['test-package'],
  ])
    expect((await remotemedia(args)).exitCode, args.join(' ')).toBe(2);
  expect((await remotemedia(['package', '-m', CALCULATOR, '-o', at('old.rmpkg')])).exitCode).toBe(0);
});

test('a module behind a link to a folder whose name begins with two dots, as in a ConfigMap, is inside', async () => {
  const inside = at('configmap');
  mkdirSync(join(inside, '..2026'), { recursive: true });
  writeFileSync(join(inside, '..2026', 'a.js'), 'export {};\n');
  symlinkSync('..2026/a.js', join(inside, 'a.js'));
  const manifest = 'version: v1\nnodes: [{ id: a, node_type: A, module: ./a.js }]\nconnections: []\n';
  writeFileSync(join(inside, 'm.yaml'), manifest);
  await pack(join(inside, 'm.yaml'), 'configmap.rmpkg');
});

test('what is wrong with a package of a stranger is told without what would steer the terminal', async () => {
  const manifest = { version: 'v1', nodes: [{ id: 'a\u001b[2K', node_type: 'No\u009bthing' }] };
  writeFileSync(at('bad.rmpkg'), zipSync({ 'manifest.json': strToU8(JSON.stringify(manifest)) }));
  const { exitCode, stderr } = await remotemedia(['test-package', at('bad.rmpkg')]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Nothing');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there.
  expect(stderr).not.toMatch(/[\u001b\u009b]/);
});
