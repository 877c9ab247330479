/** How long a module may take to be loaded: what never ends its import is told, wherever it runs. */
import { NodeFailure } from './external-node.js';

/** Interpreters of Python boot first, on a busy machine for some seconds. */
export const DEFAULT_LOAD_TIMEOUT_MS = 30_000;

/**
 * What comes of loading, or the end of its time.
 * @param load gets a signal that is aborted then: a thread or process can be ended, an import in this thread goes on for nobody.
 * @throws NodeFailure `timeout`, `node_timeout`; what `load` throws.
 */
export async function withinLoadTime<T>(
  limitMs: number,
  load: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `it did not load within ${limitMs} ms: its import never ends, or the load timeout is too short`;
      over.abort(new NodeFailure('timeout', 'node_timeout', message));
      reject(over.signal.reason);
    }, limitMs);
  });
  try {
    return await Promise.race([load(over.signal), limit]);
  } finally {
    clearTimeout(timer);
  }
}
