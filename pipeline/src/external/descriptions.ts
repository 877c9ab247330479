/** What modules say of their nodes, kept as long as their files do not change: an interpreter or thread per question would double what a short session costs. */
import { stat } from 'node:fs/promises';
import type { ExternalExecutor, ExternalSpec } from '@remotemedia/native-dsp';
import { joined } from './joined.js';

export class Descriptions {
  readonly #known = new Map<
    string,
    { readonly changedMs: number; readonly specs: Promise<ExternalSpec[]> }
  >();

  /** @param describe asks the module. */
  async of(
    href: string,
    executor: ExternalExecutor,
    describe: () => Promise<ExternalSpec[]>,
  ): Promise<ExternalSpec[]> {
    const changedMs = await changeOf(href);
    if (changedMs === undefined) return describe();
    const key = `${executor} ${href}`;
    const known = this.#known.get(key);
    if (known?.changedMs === changedMs) return joined(known.specs, () => this.of(href, executor, describe));
    const described = { changedMs, specs: describe() };
    this.#known.set(key, described);
    described.specs.catch(() => {
      // Whoever mends what the module imports may ask again.
      if (this.#known.get(key) === described) this.#known.delete(key);
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
