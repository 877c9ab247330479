import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManifestChecker } from '../pipelines/catalogue.js';
import { loadConfig, loadPipelines } from './load.js';
import { defaultValues } from './tree.js';

const checker: ManifestChecker = {
  validate: () => ({
    ok: true,
    kind: 'audio',
    complaints: [],
    manifest: { nodes: [], connections: [] },
    plan: null,
  }),
  latencyMs: () => null,
  interpolate: (text) => ({ ok: true, text, replaced: [], complaints: [] }),
  asWritten: (complaints) => complaints,
  plan: () => ({ name: null, kind: 'audio', has_graph: true, parts: [], connections: [] }),
};

/** There are none. */
const packages = { read: () => '' };

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
  it('finds the folder beside the file', () => {
    const path = join(folder, 'gateway.yaml');
    writeFileSync(path, 'pipelines: { directory: mine, default: a }');
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine', 'a.yaml'), 'version: v1');
    writeFileSync(join(folder, 'mine', 'notes.txt'), 'not a pipeline');
    expect([...loadPipelines(loadConfig(path, {}), checker, packages).manifests.keys()]).toEqual(['a']);
  });

  it('complains about a folder that is not there, or has no default pipeline', () => {
    const path = join(folder, 'gateway.yaml');
    writeFileSync(path, '');
    expect(() => loadPipelines(loadConfig(path, {}), checker, packages)).toThrow(/pipelines\.directory/);
    mkdirSync(join(folder, 'pipelines'));
    expect(() => loadPipelines(loadConfig(path, {}), checker, packages)).toThrow(
      /no pipeline is named "voice-enhance"/,
    );
  });
});
