/** The catalogue that is served. It may change while it is; who began with a manifest keeps it. */
import { EventEmitter } from 'node:events';
import type { ManifestSource } from '@remotemedia/gateway';
import type { PipelineView } from '../protocol/index.js';
import type { CheckedPipeline, PipelineCatalogue } from './catalogue.js';

/** What one look at the folder came to. */
export interface PipelineChanges {
  /** Names of pipelines. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Names of files that were not refused in the same way before. */
  readonly refused: readonly string[];
}

export interface CatalogueEvents {
  /** After every look at the folder, also where nothing came of it. */
  reloaded: [PipelineChanges];
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
  report(changes: PipelineChanges): void {
    for (const kind of ['added', 'changed', 'removed', 'refused'] as const)
      this.changes[kind] += changes[kind].length;
    this.emit('reloaded', changes);
  }
}
