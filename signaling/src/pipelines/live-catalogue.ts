/** The catalogue that is served. It may change while it is; who began with a manifest keeps it. */
import { EventEmitter } from 'node:events';
import type { ManifestSource } from '@remotemedia/gateway';
import type { PipelineView } from '../protocol/index.js';
import type { CheckedPipeline, PipelineCatalogue } from './catalogue.js';

/** What became of a file of the folder. */
export type ReloadResult = 'added' | 'changed' | 'removed' | 'refused';

export interface CatalogueEvents {
  /** Each as it happens, with the name of the pipeline; of one that is refused, that of the file. */
  reloaded: [ReloadResult, string];
}

/** The order in which files are checked and shown. */
export const byFile = (a: { readonly file: string }, b: { readonly file: string }): number =>
  a.file < b.file ? -1 : 1;

export class LiveCatalogue extends EventEmitter<CatalogueEvents> implements PipelineCatalogue {
  readonly defaultName: string;
  readonly changes = { added: 0, changed: 0, removed: 0, refused: 0 };
  readonly #manifests = new Map<string, ManifestSource>();
  readonly #pipelines = new Map<string, CheckedPipeline>();

  constructor(defaultName: string) {
    super();
    this.defaultName = defaultName;
  }

  get manifests(): ReadonlyMap<string, ManifestSource> {
    return this.#manifests;
  }

  get views(): readonly PipelineView[] {
    return [...this.#pipelines.values()].sort(byFile).map(({ view }) => view);
  }

  shown(name: string): ManifestSource | undefined {
    return this.#pipelines.get(name)?.shown;
  }

  get(name: string): CheckedPipeline | undefined {
    return this.#pipelines.get(name);
  }

  put(pipeline: CheckedPipeline): void {
    this.#pipelines.set(pipeline.name, pipeline);
    this.#manifests.set(pipeline.name, pipeline.manifest);
  }

  remove(name: string): void {
    this.#pipelines.delete(name);
    this.#manifests.delete(name);
  }

  /** Counts and tells. */
  report(result: ReloadResult, name: string): void {
    this.changes[result] += 1;
    this.emit('reloaded', result, name);
  }
}
