import { EventEmitter, once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderWatcher } from './watcher.js';

let root: string;
let directory: string;
const told = new EventEmitter<{ changed: []; failed: [NodeJS.ErrnoException] }>();
const watchers: FolderWatcher[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'remotemedia-watch-'));
  directory = join(root, 'pipelines');
  mkdirSync(directory);
});
afterEach(() => {
  for (const watcher of watchers.splice(0)) watcher.close();
  told.removeAllListeners();
  rmSync(root, { recursive: true });
});

/** Resolves after the look in the beginning. */
async function watching(changed = () => void told.emit('changed')): Promise<FolderWatcher> {
  const failed = (error: unknown) => void told.emit('failed', error as NodeJS.ErrnoException);
  const watcher = new FolderWatcher({ directory, changed, failed, quietMs: 10 });
  watchers.push(watcher);
  await once(told, 'changed');
  return watcher;
}

describe('a watched folder', () => {
  it('tells of files that are written, renamed over and removed', async () => {
    await watching();
    const file = join(directory, 'a.yaml');
    for (const change of [
      () => writeFileSync(file, '1'),
      () => writeFileSync(file, '2'),
      () => {
        writeFileSync(`${file}~`, '3');
        renameSync(`${file}~`, file);
      },
      () => rmSync(file),
    ]) {
      const changed = once(told, 'changed');
      change();
      await changed;
    }
  });

  it('tells of a ConfigMap that changes: files are links through ..data, which is swapped', async () => {
    const version = (name: string, text: string) => {
      mkdirSync(join(directory, name));
      writeFileSync(join(directory, name, 'a.yaml'), text);
    };
    version('..1', '1');
    symlinkSync('..1', join(directory, '..data'));
    symlinkSync('..data/a.yaml', join(directory, 'a.yaml'));
    await watching();
    const written = once(told, 'changed');
    version('..2', '2');
    await written;
    const swapped = once(told, 'changed');
    symlinkSync('..2', join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    await swapped;
  });

  it('may be a link that is swapped: what happens where it leads to now is told', async () => {
    const other = join(root, 'other');
    mkdirSync(other);
    renameSync(directory, join(root, 'first'));
    symlinkSync('first', directory);
    await watching();
    const swapped = once(told, 'changed');
    symlinkSync('other', join(root, 'new'));
    renameSync(join(root, 'new'), directory);
    await swapped;
    const changed = once(told, 'changed');
    writeFileSync(join(other, 'a.yaml'), '');
    await changed;
  });

  it('says that it is gone, and goes on when it is there again', async () => {
    await watching();
    const failed = once(told, 'failed');
    rmSync(directory, { recursive: true });
    expect((await failed)[0]).toMatchObject({ code: 'ENOENT' });
    const back = once(told, 'changed');
    mkdirSync(directory);
    await back;
    const changed = once(told, 'changed');
    writeFileSync(join(directory, 'a.yaml'), '');
    await changed;
  });

  it('is left alone when the watcher is closed', async () => {
    let heard = 0;
    const first = await watching(() => {
      heard += 1;
      told.emit('changed');
    });
    await watching();
    first.close();
    heard = 0;
    const changed = once(told, 'changed');
    writeFileSync(join(directory, 'a.yaml'), '');
    await changed;
    expect(heard).toBe(0);
  });
});
