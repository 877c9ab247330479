/** How long a module may take to be loaded: what never ends its import is told, wherever it runs. */
import { NodeFailure } from './external-node.js';

/** Interpreters of Python boot first, on a busy machine for some seconds. */
export const DEFAULT_LOAD_TIMEOUT_MS = 30_000;

/**
 * What comes of loading, or the end of its time.
 * @param load gets a signal that is aborted then: a thread or process can be ended, an import in this thread goes on for nobody.
 * @param closing ends it before its time.
 * @throws NodeFailure `timeout`, `node_timeout`; `permanent`, `node_closed`; what `load` throws.
 */
export async function withinLoadTime<T>(
  limitMs: number,
  load: (signal: AbortSignal) => Promise<T>,
  closing?: AbortSignal,
): Promise<T> {
  if (closing?.aborted) throw closedFailure();
  const over = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    over.signal.addEventListener('abort', () => reject(over.signal.reason), { once: true });
  });
  const close = () => over.abort(closedFailure());
  const timer = setTimeout(() => over.abort(timeoutFailure(limitMs)), limitMs);
  closing?.addEventListener('abort', close, { once: true });
  try {
    return await Promise.race([load(over.signal), ended]);
  } finally {
    clearTimeout(timer);
    closing?.removeEventListener('abort', close);
  }
}

const closedFailure = () =>
  new NodeFailure('permanent', 'node_closed', 'it was not loaded: who wanted it is closing');

function timeoutFailure(limitMs: number): NodeFailure {
  const message = `it did not load within ${limitMs} ms: its import never ends, or the load timeout is too short`;
  return new NodeFailure('timeout', 'node_timeout', message);
}
