/** Pyodide in a page: workers are Web Workers, files come from the server of the page; see `routes.ts`. */
import { HOST_FILES, type PyodideBoot, PyodideInterpreter, type WorkerPort } from './interpreter.js';
import { PyodidePool } from './pool.js';

const pools = new Map<string, PyodidePool>();

/** The pool whose files are below this address. */
export function webPool(base: string): PyodidePool {
  const known = pools.get(base);
  if (known) return known;
  const pool = new PyodidePool(() => new PyodideInterpreter(openWorker(base), fetchBoot(base)));
  pools.set(base, pool);
  return pool;
}

async function fetchBoot(base: string): Promise<PyodideBoot> {
  const fetched = HOST_FILES.map(async (path) => {
    const response = await fetch(`${base}python/${path}`);
    if (!response.ok) throw new Error(`${response.url} is answered with ${response.status}`);
    return [path, await response.text()];
  });
  return { pyodide: `${base}pyodide/`, files: Object.fromEntries(await Promise.all(fetched)) };
}

function openWorker(base: string): WorkerPort {
  const worker = new Worker(`${base}python/pyodide_worker.js`, { type: 'module' });
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (onMessage, onDeath) => {
      worker.onmessage = ({ data }) => onMessage(data);
      worker.onerror = ({ message }) => onDeath(message || 'its script cannot be loaded');
    },
    terminate: () => worker.terminate(),
  };
}
