/**
 * Brings the catalogue to what the folder holds, pipeline by pipeline: a sound file is served from when it is ready, an unsound one changes
 * nothing, and none waits for another. Pure but for the functions handed in.
 */
import type { ManifestSource } from '@remotemedia/gateway';
import type { Complaint } from '../protocol/index.js';
import {
  checkFile,
  type FileCheck,
  INVALID_NAME,
  noDefault,
  type PipelineFile,
  pipelineName,
} from './catalogue.js';
import type { ManifestChecker } from './checker.js';
import { byFile, type LiveCatalogue, type ReloadResult } from './live-catalogue.js';
import { NewestByKey } from './newest-by-key.js';

/** A file of the folder that could not be read. */
export interface UnreadableFile {
  readonly file: string;
  readonly error: unknown;
}

/** Stands where the name of a file does, when the default pipeline has none. */
const DEFAULT = 'pipelines.default';

type FolderEntry = PipelineFile | UnreadableFile;

export interface ReloaderOptions {
  readonly catalogue: LiveCatalogue;
  readonly checker: ManifestChecker;
  /** @throws where the folder cannot be read. */
  readonly read: () => readonly FolderEntry[];
  /** Loads what the pipeline takes to run, which ends, one way or the other. @throws where that cannot be had. */
  readonly prepare: (name: string, manifest: ManifestSource) => Promise<void>;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

export class PipelineReloader {
  readonly #options: ReloaderOptions;
  /** What the folder held at the last look, by names of pipelines. */
  #folder: ReadonlyMap<string, FolderEntry> = new Map();
  /** What was refused and why, so that it is said once. */
  readonly #refused = new Map<string, string>();
  readonly #checks = new NewestByKey();

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** Looks at the folder. Resolves when all that it holds is served or refused; never rejects. */
  async reload(): Promise<void> {
    let entries: readonly FolderEntry[];
    try {
      entries = this.#options.read();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the folder of pipelines cannot be read, all of them stay');
      return;
    }
    this.#compare(entries);
    await Promise.all(
      [...this.#folder].map(([name, entry]) => this.#checks.run(name, () => this.#take(name, entry))),
    );
  }

  /** What can be said at once: which names there are, twice, and no more. */
  #compare(entries: readonly FolderEntry[]): void {
    const { catalogue } = this.#options;
    const { defaultName, manifests } = catalogue;
    const folder = new Map<string, FolderEntry>();
    for (const entry of this.#servedFirst(entries)) {
      const name = pipelineName(entry.file);
      if (folder.has(name)) this.#refuse(entry.file, [INVALID_NAME]);
      else folder.set(name, entry);
    }
    this.#folder = folder;
    this.#forgetRefusals(new Set(entries.map(({ file }) => file)));
    for (const name of manifests.keys()) {
      if (folder.has(name) || name === defaultName) continue;
      catalogue.remove(name);
      this.#tell('removed', name);
    }
    if (!folder.has(defaultName)) this.#refuse(DEFAULT, [noDefault(defaultName, folder.keys())]);
  }

  /** Of files that are gone: when they come back, it is told anew. */
  #forgetRefusals(files: ReadonlySet<string>): void {
    const isDefaultThere = this.#folder.has(this.#options.catalogue.defaultName);
    for (const file of this.#refused.keys())
      if (file === DEFAULT ? isDefaultThere : !files.has(file)) this.#refused.delete(file);
  }

  /** Of two files with one name, the one that is served stays. */
  #servedFirst(entries: readonly FolderEntry[]): FolderEntry[] {
    const isServed = ({ file }: FolderEntry) =>
      this.#options.catalogue.get(pipelineName(file))?.file === file;
    const sorted = [...entries].sort(byFile);
    return [...sorted.filter(isServed), ...sorted.filter((entry) => !isServed(entry))];
  }

  /** Serves what is sound, unless it is served already. */
  async #take(name: string, entry: FolderEntry): Promise<void> {
    const { catalogue } = this.#options;
    const served = catalogue.get(name);
    const { pipeline, complaints } = served && isSame(served, entry) ? NOTHING_NEW : await this.#check(entry);
    // Meanwhile the folder may hold another one, whose turn is next, or none.
    if (!isSame(this.#folder.get(name), entry)) return;
    if (complaints.length > 0) return this.#refuse(entry.file, complaints);
    this.#refused.delete(entry.file);
    if (!pipeline) return;
    catalogue.put(pipeline);
    this.#tell(served ? 'changed' : 'added', name);
  }

  async #check(entry: FolderEntry): Promise<FileCheck> {
    const { catalogue, checker, prepare } = this.#options;
    if ('error' in entry) return { complaints: complaintsOf(entry.error, 'unreadable') };
    try {
      const checked = await checkFile(entry, catalogue.defaultName, checker);
      if (checked.pipeline) await prepare(checked.pipeline.name, checked.pipeline.manifest);
      return checked;
    } catch (error) {
      return { complaints: complaintsOf(error, 'not_loaded') };
    }
  }

  /** Unless it was refused for the same reasons before. */
  #refuse(file: string, complaints: readonly Complaint[]): void {
    const reasons = JSON.stringify(complaints);
    if (this.#refused.get(file) === reasons) return;
    this.#refused.set(file, reasons);
    this.#options.log.warn({ file, complaints }, 'pipeline refused, what was served before stays');
    this.#tell('refused', file);
  }

  #tell(result: ReloadResult, name: string): void {
    const { catalogue, log } = this.#options;
    if (result !== 'refused') log.info({ pipeline: name, result }, 'pipeline reloaded');
    try {
      catalogue.report(result, name);
    } catch (error) {
      log.error({ err: error }, 'a listener to reloads failed');
    }
  }
}

const NOTHING_NEW: FileCheck = { complaints: [] };

const isSame = (one: FolderEntry | undefined, other: FolderEntry): boolean =>
  one?.file === other.file && textOf(one) === textOf(other);

const textOf = (entry: FolderEntry): string | undefined => ('text' in entry ? entry.text : undefined);

/** What an error says, as complaints about a file. @param code where it has none. */
export function complaintsOf(error: unknown, code: string): readonly Complaint[] {
  const { complaints, ...rest } = error as { complaints?: readonly Complaint[]; code?: string };
  if (complaints && complaints.length > 0) return complaints;
  return [{ path: '', code: rest.code ?? code, message: (error as Error).message, hint: '' }];
}
