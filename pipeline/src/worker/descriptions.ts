/** What modules say of their nodes, kept as long as their files do not change: a thread per question would double what a short session costs. */
import { stat } from 'node:fs/promises';
import type { ExternalSpec } from '@remotemedia/native-dsp';

export class Descriptions {
  readonly #known = new Map<
    string,
    { readonly changedMs: number; readonly specs: Promise<ExternalSpec[]> }
  >();

  constructor(private readonly describe: (href: string, signal: AbortSignal) => Promise<ExternalSpec[]>) {}

  /** @param signal ends the asking; of several who ask at a time, that of the first. */
  async of(href: string, signal: AbortSignal): Promise<ExternalSpec[]> {
    const changedMs = await changeOf(href);
    if (changedMs === undefined) return this.describe(href, signal);
    const known = this.#known.get(href);
    if (known?.changedMs === changedMs) return known.specs;
    const described = { changedMs, specs: this.describe(href, signal) };
    this.#known.set(href, described);
    described.specs.catch(() => {
      // Whoever mends what the module imports may ask again.
      if (this.#known.get(href) === described) this.#known.delete(href);
    });
    return described.specs;
  }
}

/** When the file was changed; undefined where there is none to look at, which the import will tell. */
async function changeOf(href: string): Promise<number | undefined> {
  const url = new URL(href);
  if (url.protocol !== 'file:') return undefined;
  return stat(url).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
