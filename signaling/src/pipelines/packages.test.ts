import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExternalMention } from '@remotemedia/native-dsp';
import { buildPackage } from '@remotemedia/pipeline/package';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPipelines } from '../config/load.js';
import { openRuntime } from '../runtime.js';
import { PackageFiles } from './packages.js';

const MANIFEST = `version: v1
nodes: [{ id: n, node_type: N, module: ./n.mjs }]
connections: []
`;
const packed = (summary: string) =>
  buildPackage(MANIFEST, {
    readModule: () => `export default {
  spec: { node_type: 'N', summary: '${summary}', executor: 'javascript', params: [] },
  create: () => ({ process: (item) => item }),
};
`,
  }).bytes;

let directory: string;
let served: Map<string, string>;
let packages: PackageFiles;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'packages-'));
  served = new Map();
  const { offline } = openRuntime({}, () => {});
  packages = new PackageFiles(
    offline,
    (file) => served.get(file),
    () => {},
  );
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (file: string, summary = 'Does nothing.') =>
  writeFileSync(join(directory, file), packed(summary));
const remove = (file: string) => rmSync(join(directory, file));
/** Texts of the manifests in the folder. */
const read = () => readPipelines(directory, packages).map((entry) => ('text' in entry ? entry.text : ''));
/** Whether nodes of a manifest can still be made. */
const isKept = async (text: string) => {
  const [{ module }] = JSON.parse(text).nodes;
  const mention = { module, executor: 'javascript' } as ExternalMention;
  return (await packages.load(mention, new AbortController().signal)) !== undefined;
};

describe('the modules of a package', () => {
  it('are forgotten once its file is neither in the folder nor served', async () => {
    write('a.rmpkg');
    write('b.rmpkg');
    const [a, b] = read() as [string, string];
    served.set('a.rmpkg', a);
    remove('a.rmpkg');
    read();
    expect(await isKept(a)).toBe(true);
    served.delete('a.rmpkg');
    read();
    expect([await isKept(a), await isKept(b)]).toEqual([false, true]);
    write('a.rmpkg');
    expect(read()).toEqual([a, b]);
    expect(await isKept(a)).toBe(true);
  });

  it('are kept as long as they are served, and no others of a file that is gone', async () => {
    write('a.rmpkg');
    const [first] = read() as [string];
    served.set('a.rmpkg', first);
    write('a.rmpkg', 'Does something else.');
    const [second] = read() as [string];
    expect([await isKept(first), await isKept(second)]).toEqual([true, true]);
    remove('a.rmpkg');
    read();
    expect([await isKept(first), await isKept(second)]).toEqual([true, false]);
  });
});
