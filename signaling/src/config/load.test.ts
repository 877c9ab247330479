import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManifestChecker } from '../pipelines/checker.js';
import { loadConfig, loadPipelines } from './load.js';
import { defaultValues } from './tree.js';

const checker: ManifestChecker = {
  check: async () => ({
    ok: true,
    kind: 'audio',
    manifest: { nodes: [], connections: [] },
    compiled: null,
    plan: { name: null, kind: 'audio', has_graph: true, parts: [], connections: [] },
    latencyMs: 0,
    shown: { nodes: [], connections: [] },
  }),
};

/** There are none. */
const packages = { read: () => '', keep() {} };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'remotemedia-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('loading the configuration', () => {
  it('takes the given file, else the one of the environment, else the installed one', () => {
    const path = join(folder, 'my.yaml');
    writeFileSync(path, 'http: { port: 9000 }');
    expect(loadConfig(path, { REMOTEMEDIA_CONFIG: '/nowhere' })).toMatchObject({
      path,
      config: { http: { port: 9000 } },
    });
    expect(loadConfig(undefined, { REMOTEMEDIA_CONFIG: path }).path).toBe(path);
    expect(loadConfig(undefined, {}).config).toEqual(defaultValues());
  });

  it('says which file cannot be read', () => {
    expect(() => loadConfig(join(folder, 'none.yaml'), {})).toThrow(
      /none\.yaml has 1 mistake:\n {2}does not exist\. ENOENT/,
    );
  });
});

describe('loading the pipelines', () => {
  it('finds the folder beside the file', async () => {
    const path = join(folder, 'gateway.yaml');
    writeFileSync(path, 'pipelines: { directory: mine, default: a }');
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'a.yaml'), 'version: v1');
    writeFileSync(join(folder, 'mine', 'notes.txt'), 'not a pipeline');
    const { manifests } = await loadPipelines(loadConfig(path, {}), checker, packages);
    expect([...manifests.keys()]).toEqual(['a']);
  });

  it('complains about a folder that is not there, or has no default pipeline', async () => {
    const path = join(folder, 'gateway.yaml');
    writeFileSync(path, '');
    const load = () => loadPipelines(loadConfig(path, {}), checker, packages);
    await expect(load()).rejects.toThrow(/pipelines\.directory/);
    mkdirSync(join(folder, 'pipelines'));
    await expect(load()).rejects.toThrow(/no pipeline is named "voice-enhance"/);
  });
});
