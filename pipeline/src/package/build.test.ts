/** Packages as they are made, and the same ones run again. */
import { readFileSync } from 'node:fs';
import { WASM_PATH } from '@remotemedia/native-dsp';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Pipeline } from '../pipeline.js';
import { chooseRuntime } from '../runtime/runtime.js';
import { type BuildOptions, buildPackage } from './build.js';
import type { PackageError } from './errors.js';
import { importsOf } from './imports.js';
import { openPackage, PackageLoader, PipelineRunner } from './index.js';
import { PACKAGE_LIMITS } from './limits.js';
import { openPackage as openOn } from './open.js';
import { PAGE } from './platform-page.js';

const CALCULATOR = `version: v1
metadata: { name: calculator, version: 2.1.0, author: Somebody }
nodes:
  - { id: multiply, node_type: MultiplyNode, params: { multiplier: 2 } }
  - { id: add, node_type: AddNode, params: { addend: 10 } }
connections: [{ from: multiply, to: add }]
`;
const SHOUT = `/** import nothing from 'here' */
export const Shout = {
  spec: { node_type: 'Shout', summary: 'Writes in capitals.', executor: 'javascript', params: [] },
  create: () => ({ process: ({ value }) => ({ kind: 'value', value: value.toUpperCase() }) }),
};
`;
const HALVE = `export default {
  spec: { node_type: 'Halve', summary: 'Softer.', executor: 'javascript', takes: ['audio'], gives: ['audio'] },
  create: () => ({ frame: (planes) => planes.map((plane) => plane.map((sample) => sample / 2)) }),
};
`;
const one = (node: string) => `version: v1\nnodes: [{ id: a, ${node} }]\nconnections: []\n`;
const NO_MODULES: BuildOptions = {
  readModule: () => {
    throw new Error('there are none');
  },
};
const build = (source: string, options: Partial<BuildOptions> = {}) =>
  buildPackage(source, { ...NO_MODULES, ...options }).bytes;
const load = async (source: string, options: Partial<BuildOptions> = {}) =>
  PackageLoader.load(build(source, options));

function complaintsAbout(source: string, options: Partial<BuildOptions> = {}): string[] {
  try {
    build(source, options);
  } catch (error) {
    return (error as PackageError).complaints.map(({ path, code }) => `${path} ${code}`.trim());
  }
  return [];
}

describe('a package that is made', () => {
  it('has the same bytes for the same input, whenever and wherever', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Kiritimati';
    const there = build(CALCULATOR);
    process.env['TZ'] = 'America/Los_Angeles';
    const here = build(CALCULATOR);
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    expect(here).toEqual(there);
    expect(Object.keys(unzipSync(here))).toEqual(['manifest.json', 'metadata.json', 'checksums.json']);
    expect(build(CALCULATOR.replace('2.1.0', '2.1.1'))).not.toEqual(here);
  });

  it('says of itself what the manifest says, what is given, and what was counted', async () => {
    const { metadata } = await load(CALCULATOR, { metadata: { license: 'MIT', created_at: '2026-01-01' } });
    expect(metadata).toEqual({
      package_name: 'calculator',
      package_version: '2.1.0',
      author: 'Somebody',
      license: 'MIT',
      created_at: '2026-01-01',
      runtime_info: {
        wasm_size_bytes: 0,
        has_python_nodes: false,
        has_rust_nodes: true,
        node_types: ['MultiplyNode', 'AddNode'],
        node_count: 2,
        connection_count: 1,
      },
    });
    const strange = { metadata: { licence: 'MIT' } } as Partial<BuildOptions>;
    expect(() => build(CALCULATOR, strange)).toThrow(/metadata has no licence/);
  });

  it('says which runtime it is for, as loaders of the SDK want it', async () => {
    const { manifest } = await load(CALCULATOR);
    expect(manifest).toMatchObject({ runtime: { target: 'wasm32-wasi' } });
    expect(PackageLoader.validateManifest(manifest)).toEqual({ valid: true, errors: [], warnings: [] });
  });

  it('may bring the runtime along, ours only', async () => {
    const wasm = readFileSync(WASM_PATH);
    const { wasmBinary } = await load(CALCULATOR, { wasm });
    expect(Buffer.from(wasmBinary!).equals(wasm)).toBe(true);
    expect(() => build(CALCULATOR, { wasm: new Uint8Array(8) })).toThrow(/no WebAssembly module/);
  });

  it('is not made where no loader would take it', () => {
    const large = () => `// ${'x'.repeat(PACKAGE_LIMITS.textBytes)}`;
    const options = { ...NO_MODULES, readModule: large };
    expect(() => buildPackage(one('node_type: A, module: ./a.js'), options)).toThrow(
      expect.objectContaining({
        code: 'package_too_large',
        message: expect.stringContaining('modules/a.js'),
      }),
    );
  });

  it('is refused with all that is wrong', () => {
    const two = `version: v1
nodes:
  - { id: a, node_type: Nonsense }
  - { id: b, node_type: AddNode, params: { addend: [] } }
connections: [{ from: a, to: c }]
`;
    expect(complaintsAbout(two).length).toBeGreaterThanOrEqual(3);
  });

  it('has no variables: they would be secrets in it, or somebody else’s', async () => {
    const using = (text: string) => one(`node_type: TextProcessorNode, params: { operations: ["${text}"] }`);
    expect(complaintsAbout(using(`\${NAME:-uppercase}`))).toEqual(['variable_in_package']);
    expect(complaintsAbout(using(`\${NAME}`))).not.toEqual([]);
    const kept = one(`node_type: Kept, executor: javascript, module: ./a.js, params: { text: "$$\{NAME}" }`);
    const { manifest } = await load(kept, { readModule: () => SHOUT });
    expect(JSON.stringify(manifest)).toContain(`"text":"\${NAME}"`);
  });

  it('has modules of the folder of its manifest that stand alone, and no others', () => {
    const naming = (module: string, text = SHOUT) =>
      complaintsAbout(one(`node_type: Shout, module: "${module}"`), { readModule: () => text });
    expect(naming('./shout.js')).toEqual([]);
    expect(naming('./deep/shout.mjs', `import { readFileSync } from 'node:fs';\n${SHOUT}`)).toEqual([]);
    for (const outside of [
      '../shout.js',
      '/shout.js',
      'deep/../shout.js',
      'https://host/shout.js',
      './a%2fb.js',
    ])
      expect(naming(outside), outside).toEqual(['nodes[0].module module_outside']);
    expect(naming('./shout.js', `import { defineNode } from '@remotemedia/pipeline';\n${SHOUT}`)).toEqual([
      'nodes[0].module module_imports',
    ]);
    expect(complaintsAbout(one('node_type: Shout, module: ./shout.js'))).toEqual([
      'nodes[0].module module_missing',
    ]);
  });
});

it('imports are seen as statements and calls, not in comments or texts', () => {
  const text = `import a from './a.js';
import './b.js';
  export * from "./c.js";
import {
  d,
} from './d.js';
const e = await import('./e.js');
/* import f from './f.js' */
// import g from './g.js';
const h = "import h from './h.js'";
export const i = 'from';
export function j(k = './k.js') {}
import.meta.url;
`;
  expect(importsOf(text)).toEqual(['./a.js', './b.js', './c.js', './d.js', './e.js']);
});

describe('a package runs', () => {
  it('as the README of the SDK has it', async () => {
    const file = new File([build(CALCULATOR) as BlobPart], 'calculator.rmpkg');
    const pkg = await PackageLoader.loadFromFile(file);
    const runner = new PipelineRunner();
    await runner.loadWasm(pkg.wasmBinary);
    const { result, metrics } = await runner.execute(pkg.manifest, [5, 7, 3]);
    expect(result).toEqual({
      status: 'success',
      outputs: [20, 24, 16],
      graph_info: {
        node_count: 2,
        source_count: 1,
        sink_count: 1,
        execution_order: ['multiply', 'add'],
        output_nodes: ['add'],
      },
    });
    expect(metrics.executionTimeMs).toBeGreaterThan(0);
    expect(metrics.totalTimeMs).toBeGreaterThanOrEqual(metrics.executionTimeMs + metrics.wasmLoadTimeMs);
  });

  it('on the runtime that it brings along, where it is told to', async () => {
    const pkg = await load(CALCULATOR, { wasm: readFileSync(WASM_PATH) });
    const runner = new PipelineRunner();
    await runner.loadWasm(pkg.wasmBinary);
    const { result, metrics } = await runner.execute(pkg.manifest, [5, 7, 3]);
    expect(result.outputs).toEqual([20, 24, 16]);
    expect(metrics.wasmLoadTimeMs).toBeGreaterThan(1);
  });

  it('and tells of a node that fails as a result; what is wrong before is thrown', async () => {
    const pkg = await load(CALCULATOR);
    const { result } = await new PipelineRunner().execute(pkg.manifest, 'text');
    expect(result).toMatchObject({ status: 'error', error: expect.stringContaining('[invalid_input]') });
    await expect(new PipelineRunner().execute({ version: 'v1', nodes: 7 }, 1)).rejects.toMatchObject({
      code: 'invalid_manifest',
    });
  });

  it('with modules in JavaScript only for those who trust it', async () => {
    const pkg = await load(one('node_type: Shout, module: ./deep/shout.js'), { readModule: () => SHOUT });
    await expect(new PipelineRunner().execute(pkg.manifest, 'hello')).rejects.toMatchObject({
      code: 'trust_required',
      message: expect.stringContaining('./deep/shout.js'),
    });
    const { result } = await new PipelineRunner({ trust: true }).execute(pkg.manifest, 'hello');
    expect(result.outputs).toBe('HELLO');
  });

  it('with modules in JavaScript in threads of their own, printed lines included', async () => {
    const printing = `export default {
      spec: { node_type: 'Where', summary: 'Says where it runs.', executor: 'javascript', params: [] },
      create: () => ({
        async process(item) {
          const { isMainThread } = await import('node:worker_threads');
          if (!isMainThread) console.log('got', item.value);
          return { kind: 'value', value: isMainThread };
        },
      }),
    };`;
    const node = (executor: string) => one(`node_type: Where, module: ./where.js, executor: ${executor}`);
    const outputs: unknown[] = [];
    const lines: string[] = [];
    const onLog = (line: string) => void lines.push(line);
    for (const executor of ['javascript', 'worker']) {
      const pkg = await load(node(executor), { readModule: () => printing });
      expect(() => openPackage(pkg)).toThrow(expect.objectContaining({ code: 'trust_required' }));
      const pipeline = openPackage(pkg, { trust: true, onLog });
      outputs.push((await pipeline.run(executor)).value);
    }
    expect(outputs).toEqual([true, false]);
    expect(lines).toEqual(['got worker']);
  });

  it('with threads nowhere else than in Node, which is said', async () => {
    const pkg = await load(one('node_type: A, module: ./a.js, executor: worker'), {
      readModule: () => SHOUT,
    });
    const inPage = openOn(pkg, { trust: true }, PAGE);
    await expect(inPage.load()).rejects.toMatchObject({
      code: 'module_not_loaded',
      message: expect.stringContaining('in a page, take `executor: javascript`'),
    });
  });

  it('with Python outside Pyodide only for those who trust it', async () => {
    const node = (executor: string) => one(`node_type: A, module: ./a.py, executor: ${executor}`);
    const cpython = await load(node('cpython'), { readModule: () => '' });
    expect(() => openPackage(cpython)).toThrow(expect.objectContaining({ code: 'trust_required' }));
    expect(() => openPackage(cpython, { trust: true })).not.toThrow();
    const pyodide = await load(node('python'), { readModule: () => '' });
    expect(() => openPackage(pyodide)).not.toThrow();
  });

  it('in Pyodide and nowhere else without trust, whatever a runtime says that came along', async () => {
    const pkg = await load(one('node_type: A, module: ./a.py'), { readModule: () => '' });
    const { offline } = chooseRuntime();
    const mention = [{ id: 'a', node_type: 'A', executor: 'cpython', module: './a.py' }];
    const hostile = Object.create(offline, { externalMentions: { value: () => JSON.stringify(mention) } });
    await expect(openPackage(pkg, { runtime: hostile }).load()).rejects.toMatchObject({
      code: 'module_not_loaded',
      message: expect.stringContaining('nothing here runs it'),
    });
  });

  it('on audio, with a node on frames that nothing has wrapped', async () => {
    const pkg = await load(one('node_type: Halve, module: ./halve.js'), { readModule: () => HALVE });
    const input = { audio: new Float32Array(4800).fill(0.5), sampleRate: 48_000 };
    const inThread = one('node_type: Halve, module: ./halve.js, executor: worker');
    for (const each of [pkg, await load(inThread, { readModule: () => HALVE })]) {
      const { audio } = await openPackage(each, { trust: true }).run(input);
      expect(audio!.planes[0]).toEqual(new Float32Array(4800).fill(0.25));
    }
    const { result } = await new PipelineRunner({ trust: true }).execute(pkg.manifest, input);
    expect(result.audio!.planes[0]![4799]).toBe(0.25);
  });

  it('and says of a module that does not stand alone why it cannot be loaded', async () => {
    const shout = one('node_type: Shout, module: ./shout.js');
    const pkg = await load(shout, { readModule: () => SHOUT });
    const modules = new Map([['./shout.js', `import { defineNode } from 'nowhere-to-be-found';\n${SHOUT}`]]);
    await expect(openPackage({ ...pkg, modules }, { trust: true }).load()).rejects.toMatchObject({
      code: 'module_not_loaded',
      message: expect.stringMatching(/imports nowhere-to-be-found: a module in a package stands alone/),
    });
  });

  it('and no other manifest may name its modules', async () => {
    const pkg = await load(one('node_type: Shout, module: ./shout.js'), { readModule: () => SHOUT });
    const copy = structuredClone(pkg.manifest);
    await expect(new PipelineRunner({ trust: true }).execute(copy, 'x')).rejects.toMatchObject({
      code: 'module_not_allowed',
    });
    expect(() => Pipeline.fromManifest(copy)).toThrow(/only files of the operator/);
  });
});
