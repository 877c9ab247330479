/**
 * Notices that something in a folder changed. It relies on `fs.watch` telling of every entry of the watched folder that is written, renamed,
 * made or removed, whatever its name; what exactly happened is for the reader to find out.
 *
 * That covers files written in place and files renamed over others, and the ConfigMaps of Kubernetes: their files are links through
 * `..data`, a link in the same folder that is renamed over. The folder's own entry in its parent is watched too, so that a folder that is
 * itself a link, or is removed and made again, may be swapped. Not noticed: links to files elsewhere whose content changes there, links further
 * up the path, mounts of single files (`subPath`), and network file systems without notification.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Editors and copies write in several steps. */
const QUIET_MS = 100;

export interface FolderWatcherOptions {
  /** Absolute. */
  readonly directory: string;
  /** Called once in the beginning, and whenever nothing has changed for a moment after something did. */
  readonly changed: () => void;
  /** What is not noticed any more until the folder is there again. */
  readonly failed: (error: unknown) => void;
  readonly quietMs?: number;
}

export class FolderWatcher {
  readonly #options: FolderWatcherOptions;
  readonly #timer: NodeJS.Timeout;
  #folder: FSWatcher | undefined;
  readonly #parent: FSWatcher | undefined;

  constructor(options: FolderWatcherOptions) {
    this.#options = options;
    const { directory, changed, quietMs = QUIET_MS } = options;
    this.#timer = setTimeout(changed, quietMs);
    const name = basename(directory);
    this.#watchFolder();
    this.#parent = this.#watch(dirname(directory), (entry) => {
      if (entry !== null && entry !== name) return;
      this.#watchFolder();
      this.#timer.refresh();
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#folder?.close();
    this.#parent?.close();
  }

  /** Whatever the folder's path leads to now. */
  #watchFolder(): void {
    this.#folder?.close();
    this.#folder = this.#watch(this.#options.directory, () => this.#timer.refresh());
  }

  #watch(path: string, listener: (entry: string | null) => void): FSWatcher | undefined {
    try {
      const watcher = watch(path, { persistent: false }, (_event, entry) => listener(entry));
      return watcher.on('error', (error) => this.#options.failed(error));
    } catch (error) {
      this.#options.failed(error);
      return undefined;
    }
  }
}
