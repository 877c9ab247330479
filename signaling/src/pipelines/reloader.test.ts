import type { ManifestValidation, PipelinePlan } from '@remotemedia/native-dsp';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildCatalogue, type ManifestChecker } from './catalogue.js';
import type { LiveCatalogue, PipelineChanges } from './live-catalogue.js';
import { PipelineReloader } from './reloader.js';

const complaint = { path: 'nodes[0]', code: 'unknown_node', message: 'no such node', hint: '' };
const checker: ManifestChecker = {
  validate: (text): ManifestValidation =>
    text.startsWith('bad')
      ? { ok: false, kind: null, complaints: [complaint, complaint], manifest: null, plan: null }
      : {
          ok: true,
          kind: 'audio',
          complaints: [],
          manifest: { text, nodes: [], connections: [] },
          plan: null,
        },
  latencyMs: () => 0,
  interpolate: (text) => ({ ok: true, text, replaced: [], complaints: [] }),
  asWritten: (complaints) => complaints,
  plan: () => ({ parts: [], connections: [] }) as unknown as PipelinePlan,
};

let folder: Record<string, string | Error>;
let catalogue: LiveCatalogue;
let reloader: PipelineReloader;
let prepared: string[];
let log: [string, object][];
beforeEach(() => {
  folder = { 'echo.yaml': 'first', 'meter.yaml': 'first' };
  const files = Object.entries(folder).map(([file, text]) => ({ file, text: String(text) }));
  catalogue = buildCatalogue(files, 'echo', checker, []);
  prepared = [];
  log = [];
  reloader = new PipelineReloader({
    catalogue,
    checker,
    read: () =>
      Object.entries(folder).map(([file, text]) =>
        text instanceof Error ? { file, error: text } : { file, text },
      ),
    prepare: async (name, { text }) => {
      if (text === 'hanging') return new Promise(() => {});
      if (text === 'lost') throw Object.assign(new Error('no such module'), { code: 'module_not_loaded' });
      prepared.push(name);
    },
    prepareTimeoutMs: 10,
    log: {
      info: (fields) => log.push(['info', fields]),
      warn: (fields) => log.push(['warn', fields]),
      error: (fields) => log.push(['error', fields]),
    },
  });
});

const reload = async (): Promise<PipelineChanges> => {
  let changes!: PipelineChanges;
  catalogue.once('reloaded', (told) => {
    changes = told;
  });
  await reloader.reload();
  return changes;
};
const served = () => Object.fromEntries([...catalogue.manifests].map(([name, { text }]) => [name, text]));

describe('a reload of the pipelines', () => {
  it('serves what was changed and added, and no more what was removed', async () => {
    folder = { 'echo.yaml': 'second', 'other.json': 'new' };
    const changes = { added: ['other'], changed: ['echo'], removed: ['meter'] };
    expect(await reload()).toEqual({ ...changes, refused: [] });
    expect(served()).toEqual({ echo: 'second', other: 'new' });
    expect(catalogue.views.map(({ name }) => name)).toEqual(['echo', 'other']);
    expect(log).toEqual([['info', changes]]);
    expect(prepared).toEqual(['echo', 'other']);
  });

  it('keeps the manifest itself where the text is the same, and says nothing', async () => {
    const before = catalogue.manifests.get('echo');
    expect(await reload()).toEqual({ added: [], changed: [], removed: [], refused: [] });
    expect(catalogue.manifests.get('echo')).toBe(before);
    expect([log, prepared]).toEqual([[], []]);
  });

  it('does not wait for ever for a module that does not come up', async () => {
    folder = { 'echo.yaml': 'hanging', 'meter.yaml': 'second' };
    expect(await reload()).toMatchObject({ changed: ['meter'], refused: ['echo.yaml'] });
    expect(served()).toEqual({ echo: 'first', meter: 'second' });
    const [, refusal] = log.find(([level]) => level === 'warn')!;
    expect(refusal).toMatchObject({ complaints: [{ code: 'not_loaded' }] });
  });

  it('refuses what is unsound once, with all complaints, and keeps what was there; the rest goes on', async () => {
    folder = { 'echo.yaml': 'bad', 'meter.yaml': 'second', 'x.yaml': 'bad' };
    expect(await reload()).toMatchObject({ changed: ['meter'], added: [], refused: ['echo.yaml', 'x.yaml'] });
    expect(served()).toEqual({ echo: 'first', meter: 'second' });
    expect(log).toContainEqual(['warn', { file: 'echo.yaml', complaints: [complaint, complaint] }]);
    expect(await reload()).toMatchObject({ refused: [] });
    folder['echo.yaml'] = 'third';
    expect(await reload()).toMatchObject({ changed: ['echo'] });
    expect(catalogue.changes).toEqual({ added: 0, changed: 2, removed: 0, refused: 2 });
  });

  it('keeps what cannot be read or loaded, and takes it when it can', async () => {
    folder = { 'echo.yaml': 'lost', 'meter.yaml': new Error('EACCES') };
    expect(await reload()).toMatchObject({ removed: [], refused: ['echo.yaml', 'meter.yaml'] });
    expect(served()).toEqual({ echo: 'first', meter: 'first' });
    expect(log.map(([, fields]) => fields)).toMatchObject([
      { complaints: [{ code: 'module_not_loaded' }] },
      { complaints: [{ code: 'unreadable' }] },
    ]);
  });

  it('keeps the default pipeline whose file is gone', async () => {
    folder = {};
    expect(await reload()).toMatchObject({ removed: ['meter'], refused: ['pipelines.default'] });
    expect(served()).toEqual({ echo: 'first' });
  });

  it('of two files with one name keeps the one that is served, and follows it to another ending', async () => {
    folder['echo.json'] = 'usurper';
    expect(await reload()).toMatchObject({ refused: ['echo.json'] });
    expect(served()['echo']).toBe('first');
    delete folder['echo.yaml'];
    expect(await reload()).toMatchObject({ changed: ['echo'] });
    expect(served()['echo']).toBe('usurper');
  });

  it('survives a listener that fails', async () => {
    catalogue.once('reloaded', () => {
      throw new Error('not today');
    });
    await reloader.reload();
    expect(log).toMatchObject([['error', { err: { message: 'not today' } }]]);
    folder['echo.yaml'] = 'second';
    expect(await reload()).toMatchObject({ changed: ['echo'] });
  });

  it('looks once after the other', async () => {
    const first = reloader.reload();
    folder['echo.yaml'] = 'second';
    const second = reloader.reload();
    await Promise.all([first, second]);
    expect(served()['echo']).toBe('second');
  });
});
