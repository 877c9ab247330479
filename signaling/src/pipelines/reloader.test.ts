import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildCatalogue } from './catalogue.js';
import type { ManifestChecker } from './checker.js';
import type { LiveCatalogue, ReloadResult } from './live-catalogue.js';
import { PipelineReloader } from './reloader.js';

const complaint = { path: 'nodes[0]', code: 'unknown_node', message: 'no such node', hint: '' };
const checker: ManifestChecker = {
  check: async (text) =>
    text.startsWith('bad')
      ? { ok: false, complaints: [complaint, complaint] }
      : {
          ok: true,
          kind: 'audio',
          manifest: { text, nodes: [], connections: [] },
          compiled: null,
          plan: { name: null, kind: 'audio', has_graph: true, parts: [], connections: [] },
          latencyMs: 0,
          shown: { text, nodes: [], connections: [] },
        },
};

let folder: Record<string, string | Error>;
let catalogue: LiveCatalogue;
let reloader: PipelineReloader;
let prepared: string[];
/** Lets the pipelines of this text go on that wait for it. */
let loaded: Record<string, () => void>;
let log: [string, object][];
beforeEach(async () => {
  folder = { 'echo.yaml': 'first', 'meter.yaml': 'first' };
  const files = Object.entries(folder).map(([file, text]) => ({ file, text: String(text) }));
  catalogue = await buildCatalogue(files, 'echo', checker, []);
  prepared = [];
  loaded = {};
  log = [];
  reloader = new PipelineReloader({
    catalogue,
    checker,
    read: () =>
      Object.entries(folder).map(([file, text]) =>
        text instanceof Error ? { file, error: text } : { file, text },
      ),
    prepare: async (name, { text }) => {
      if (text === 'lost') throw Object.assign(new Error('no such module'), { code: 'module_not_loaded' });
      prepared.push(`${name} ${text}`);
      if (String(text).startsWith('slow'))
        await new Promise<void>((resolve) => {
          loaded[String(text)] = resolve;
        });
    },
    log: {
      info: (fields) => log.push(['info', fields]),
      warn: (fields) => log.push(['warn', fields]),
      error: (fields) => log.push(['error', fields]),
    },
  });
});

/** Lets it go on that loads this text, once it does. */
async function goOn(text: string): Promise<void> {
  while (loaded[text] === undefined) await new Promise(setImmediate);
  loaded[text]();
}

type Told = [ReloadResult, string];
/** All that is told by the time the look is through. */
const reload = async (): Promise<Told[]> => {
  const told: Told[] = [];
  const listen = (...change: Told) => void told.push(change);
  catalogue.on('reloaded', listen);
  await reloader.reload();
  catalogue.off('reloaded', listen);
  return told;
};
const served = () => Object.fromEntries([...catalogue.manifests].map(([name, { text }]) => [name, text]));

describe('a reload of the pipelines', () => {
  it('serves what was changed and added, and no more what was removed', async () => {
    folder = { 'echo.yaml': 'second', 'other.json': 'new' };
    expect(await reload()).toEqual([
      ['removed', 'meter'],
      ['changed', 'echo'],
      ['added', 'other'],
    ]);
    expect(served()).toEqual({ echo: 'second', other: 'new' });
    expect(catalogue.views.map(({ name }) => name)).toEqual(['echo', 'other']);
    expect(log).toContainEqual(['info', { pipeline: 'echo', result: 'changed' }]);
    expect(prepared).toEqual(['echo second', 'other new']);
  });

  it('keeps the manifest itself where the text is the same, and says nothing', async () => {
    const before = catalogue.manifests.get('echo');
    expect(await reload()).toEqual([]);
    expect(catalogue.manifests.get('echo')).toBe(before);
    expect([log, prepared]).toEqual([[], []]);
  });

  it('serves each when it is ready: one that loads slowly holds up none, of the same look or of the next', async () => {
    folder = { 'echo.yaml': 'slow', 'meter.yaml': 'second' };
    const changed = once(catalogue, 'reloaded');
    const slow = reload();
    expect(await changed).toEqual(['changed', 'meter']);
    folder['other.yaml'] = 'new';
    const added = once(catalogue, 'reloaded');
    const next = reloader.reload();
    expect(await added).toEqual(['added', 'other']);
    expect(served()).toEqual({ echo: 'first', meter: 'second', other: 'new' });
    await goOn('slow');
    await Promise.all([slow, next]);
    expect(served()['echo']).toBe('slow');
    expect(prepared.filter((it) => it === 'echo slow')).toHaveLength(1);
  });

  it('while one loads, waits for it with the newest of its texts alone, and serves none that is outdated', async () => {
    folder['echo.yaml'] = 'slow 1';
    const looks = [reload()];
    for (const text of ['slow 2', 'slow 3', 'fourth']) {
      folder['echo.yaml'] = text;
      looks.push(reloader.reload().then(() => []));
    }
    await goOn('slow 1');
    expect((await Promise.all(looks))[0]).toEqual([['changed', 'echo']]);
    expect(served()['echo']).toBe('fourth');
    expect(prepared).toEqual(['echo slow 1', 'echo fourth']);
  });

  it('does not serve what was removed while it loaded', async () => {
    folder['other.yaml'] = 'slow';
    const look = reload();
    delete folder['other.yaml'];
    expect(await reload()).toEqual([]);
    await goOn('slow');
    expect(await look).toEqual([]);
    expect(Object.keys(served())).toEqual(['echo', 'meter']);
  });

  it('refuses what is unsound once, with all complaints, and keeps what was there; the rest goes on', async () => {
    folder = { 'echo.yaml': 'bad', 'meter.yaml': 'second', 'x.yaml': 'bad' };
    expect(await reload()).toEqual(
      expect.arrayContaining([
        ['changed', 'meter'],
        ['refused', 'echo.yaml'],
        ['refused', 'x.yaml'],
      ]),
    );
    expect(served()).toEqual({ echo: 'first', meter: 'second' });
    expect(log).toContainEqual(['warn', { file: 'echo.yaml', complaints: [complaint, complaint] }]);
    expect(await reload()).toEqual([]);
    folder['echo.yaml'] = 'third';
    expect(await reload()).toEqual([['changed', 'echo']]);
    expect(catalogue.changes).toEqual({ added: 0, changed: 2, removed: 0, refused: 2 });
  });

  it('tells anew of one that is unsound again, or comes back unsound', async () => {
    for (const text of ['bad', 'second', 'bad']) {
      folder['meter.yaml'] = text;
      expect(await reload()).toEqual([text === 'bad' ? ['refused', 'meter.yaml'] : ['changed', 'meter']]);
    }
    folder['x.yaml'] = 'bad';
    expect(await reload()).toEqual([['refused', 'x.yaml']]);
    delete folder['x.yaml'];
    await reload();
    folder['x.yaml'] = 'bad';
    expect(await reload()).toEqual([['refused', 'x.yaml']]);
  });

  it('keeps what cannot be read or loaded, and takes it when it can', async () => {
    folder = { 'echo.yaml': 'lost', 'meter.yaml': new Error('EACCES') };
    expect((await reload()).sort()).toEqual([
      ['refused', 'echo.yaml'],
      ['refused', 'meter.yaml'],
    ]);
    expect(served()).toEqual({ echo: 'first', meter: 'first' });
    expect(log).toEqual(
      expect.arrayContaining([
        ['warn', { file: 'echo.yaml', complaints: [expect.objectContaining({ code: 'module_not_loaded' })] }],
        ['warn', { file: 'meter.yaml', complaints: [expect.objectContaining({ code: 'unreadable' })] }],
      ]),
    );
    folder = { 'echo.yaml': 'first', 'meter.yaml': 'second' };
    expect(await reload()).toEqual([['changed', 'meter']]);
  });

  it('keeps the default pipeline whose file is gone, says which others there are, once', async () => {
    delete folder['echo.yaml'];
    expect(await reload()).toEqual([['refused', 'pipelines.default']]);
    expect(served()).toEqual({ echo: 'first', meter: 'first' });
    const complaints = [expect.objectContaining({ hint: 'There are meter' })];
    expect(log).toEqual([['warn', { file: 'pipelines.default', complaints }]]);
    expect(await reload()).toEqual([]);
    folder = {};
    expect(await reload()).toEqual([
      ['removed', 'meter'],
      ['refused', 'pipelines.default'],
    ]);
  });

  it('keeps all of them where the folder cannot be read', async () => {
    folder = new Proxy(folder, {
      ownKeys: () => {
        throw new Error('EIO');
      },
    });
    expect(await reload()).toEqual([]);
    expect(Object.keys(served())).toEqual(['echo', 'meter']);
    expect(log).toMatchObject([['warn', { err: { message: 'EIO' } }]]);
  });

  it('of two files with one name keeps the one that is served, and follows it to another ending', async () => {
    folder['echo.json'] = 'usurper';
    expect(await reload()).toEqual([['refused', 'echo.json']]);
    expect(served()['echo']).toBe('first');
    delete folder['echo.yaml'];
    expect(await reload()).toEqual([['changed', 'echo']]);
    expect(served()['echo']).toBe('usurper');
  });

  it('survives a listener that fails', async () => {
    catalogue.once('reloaded', () => {
      throw new Error('not today');
    });
    folder = { 'echo.yaml': 'second', 'meter.yaml': 'second' };
    await reloader.reload();
    expect(served()).toEqual({ echo: 'second', meter: 'second' });
    expect(log).toContainEqual(['error', { err: expect.objectContaining({ message: 'not today' }) }]);
  });
});
