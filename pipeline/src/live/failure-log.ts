/** Tells of a failure once, and of the same one again only after a while: a node that fails in every frame does so a hundred times a second. */
import type { NodeFailure } from '../external/external-node.js';

/** Between two reports of the same failure of a node. */
const SILENCE_MS = 1000;

interface Told {
  readonly atMs: number;
  /** How often it has happened since, untold. */
  suppressed: number;
}

export class FailureLog {
  readonly #now: () => number;
  readonly #told = new Map<string, Told>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** How often it has happened since it was told last, this time included; undefined where it is not to be told now. */
  admit(nodeId: string, { code }: NodeFailure): number | undefined {
    const key = `${nodeId}\n${code}`;
    const last = this.#told.get(key);
    if (last && this.#now() - last.atMs < SILENCE_MS) {
      last.suppressed++;
      return undefined;
    }
    this.#told.set(key, { atMs: this.#now(), suppressed: 0 });
    return (last?.suppressed ?? 0) + 1;
  }
}
