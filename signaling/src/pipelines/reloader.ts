/**
 * Brings the catalogue to what the folder holds, pipeline by pipeline: a sound file is served from now on, an unsound one changes nothing.
 * Pure but for the functions handed in.
 */
import type { ManifestSource } from '@remotemedia/gateway';
import type { Complaint } from '../protocol/index.js';
import {
  type CheckedPipeline,
  checkFile,
  type FileCheck,
  INVALID_NAME,
  noDefault,
  type PipelineFile,
  pipelineName,
} from './catalogue.js';
import type { ManifestChecker } from './checker.js';
import { byFile, type LiveCatalogue } from './live-catalogue.js';

/** A file of the folder that could not be read. */
export interface UnreadableFile {
  readonly file: string;
  readonly error: unknown;
}

export interface ReloaderOptions {
  readonly catalogue: LiveCatalogue;
  readonly checker: ManifestChecker;
  /** @throws where the folder cannot be read. */
  readonly read: () => readonly (PipelineFile | UnreadableFile)[];
  /** Loads what the pipeline takes to run. @throws where that cannot be had. */
  readonly prepare: (name: string, manifest: ManifestSource) => Promise<void>;
  /** How long that may take: a module whose import never ends must not hold up the others for ever. */
  readonly prepareTimeoutMs?: number;
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
}

const PREPARE_TIMEOUT_MS = 60_000;

export class PipelineReloader {
  readonly #options: ReloaderOptions;
  /** What was refused and why, so that it is said once. */
  #refused: ReadonlyMap<string, string> = new Map();
  #last = Promise.resolve();

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** Looks at the folder, after the look before it is through. Never rejects. */
  reload(): Promise<void> {
    this.#last = this.#last
      .then(() => this.#reload())
      .catch((error) => this.#options.log.error({ err: error }, 'the pipelines could not be reloaded'));
    return this.#last;
  }

  async #reload(): Promise<void> {
    const { catalogue, read, log } = this.#options;
    const { defaultName, manifests } = catalogue;
    let files: readonly (PipelineFile | UnreadableFile)[];
    try {
      files = read();
    } catch (error) {
      log.warn({ err: error }, 'the folder of pipelines cannot be read, all of them stay');
      return catalogue.report({ added: [], changed: [], removed: [], refused: [] });
    }
    const present = new Set<string>();
    const sound: CheckedPipeline[] = [];
    const refusals = new Map<string, readonly Complaint[]>();
    for (const entry of this.#servedFirst(files)) {
      const name = pipelineName(entry.file);
      const isTaken = present.has(name);
      present.add(name);
      const checked: FileCheck = isTaken ? { complaints: [INVALID_NAME] } : await this.#check(entry);
      const { pipeline, complaints } = checked;
      if (complaints.length > 0) refusals.set(entry.file, complaints);
      else if (pipeline && catalogue.get(name) !== pipeline) sound.push(pipeline);
    }
    if (!present.has(defaultName)) {
      present.add(defaultName);
      refusals.set('pipelines.default', [noDefault(defaultName, present)]);
    }
    const removed = [...manifests.keys()].filter((name) => !present.has(name));
    const names = sound.map(({ name }) => name);
    const added = names.filter((name) => !manifests.has(name));
    const changed = names.filter((name) => manifests.has(name));
    for (const name of removed) catalogue.remove(name);
    for (const pipeline of sound) catalogue.put(pipeline);
    if (names.length + removed.length > 0) log.info({ added, changed, removed }, 'pipelines reloaded');
    catalogue.report({ added, changed, removed, refused: this.#refuse(refusals) });
  }

  /** Of two files with one name, the one that is served stays. */
  #servedFirst<File extends { readonly file: string }>(files: readonly File[]): File[] {
    const isServed = ({ file }: File) => this.#options.catalogue.get(pipelineName(file))?.file === file;
    const sorted = [...files].sort(byFile);
    return [...sorted.filter(isServed), ...sorted.filter((file) => !isServed(file))];
  }

  /** What is served already is returned as it is. */
  async #check(entry: PipelineFile | UnreadableFile): Promise<FileCheck> {
    const { catalogue, checker, prepare } = this.#options;
    if ('error' in entry) return { complaints: complaintsOf(entry.error, 'unreadable') };
    const known = catalogue.get(pipelineName(entry.file));
    if (known?.file === entry.file && known.text === entry.text) return { pipeline: known, complaints: [] };
    try {
      const checked = checkFile(entry, catalogue.defaultName, checker).then(async (checked) => {
        if (checked.pipeline) await prepare(checked.pipeline.name, checked.pipeline.manifest);
        return checked;
      });
      return await within(this.#options.prepareTimeoutMs ?? PREPARE_TIMEOUT_MS, checked);
    } catch (error) {
      return { complaints: complaintsOf(error, 'not_loaded') };
    }
  }

  /** @returns the files that were not refused for the same reasons before. */
  #refuse(refusals: ReadonlyMap<string, readonly Complaint[]>): string[] {
    const before = this.#refused;
    this.#refused = new Map([...refusals].map(([file, complaints]) => [file, JSON.stringify(complaints)]));
    const fresh = [...refusals].filter(([file]) => before.get(file) !== this.#refused.get(file));
    for (const [file, complaints] of fresh)
      this.#options.log.warn({ file, complaints }, 'pipeline refused, what was served before stays');
    return fresh.map(([file]) => file);
  }
}

/** What an error says, as complaints about a file. @param code where it has none. */
export function complaintsOf(error: unknown, code: string): readonly Complaint[] {
  const { complaints, ...rest } = error as { complaints?: readonly Complaint[]; code?: string };
  if (complaints && complaints.length > 0) return complaints;
  return [{ path: '', code: rest.code ?? code, message: (error as Error).message, hint: '' }];
}

/** @throws after `limitMs`; what was begun goes on and is of no use any more. */
function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`its modules did not load within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}
