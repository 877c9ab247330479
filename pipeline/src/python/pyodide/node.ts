/** Pyodide on a machine with Node: workers are threads, files come from the disk. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PYODIDE_WORKER, pyodideFolder, pythonFile } from '../files.js';
import {
  type Adoption,
  HOST_FILES,
  type PyodideBoot,
  PyodideInterpreter,
  type WorkerPort,
} from './interpreter.js';
import { PyodidePool } from './pool.js';

/** That of this process. */
export const pyodidePool = new PyodidePool(() => new PyodideInterpreter(openWorker(), readBoot()));

/** @param packages paths of archives (`.whl`, `.zip`). */
export async function readAdoption(
  heapLimitBytes: number | undefined,
  packages: readonly string[],
): Promise<Adoption> {
  const read = packages.map(async (path) => ({
    name: basename(path),
    data: new Uint8Array(await readFile(path)),
  }));
  return { heapLimitBytes, packages: await Promise.all(read) };
}

async function readBoot(): Promise<PyodideBoot> {
  const read = HOST_FILES.map(async (path) => [path, await readFile(pythonFile(path), 'utf8')]);
  return { pyodide: pathToFileURL(pyodideFolder()).href, files: Object.fromEntries(await Promise.all(read)) };
}

function openWorker(): WorkerPort {
  // Nothing of the gateway's environment; what bypasses Pyodide's own streams is captured, too.
  const worker = new Worker(PYODIDE_WORKER, { env: {}, execArgv: [], stdout: true, stderr: true });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: (onMessage, onDeath) => {
      worker.on('message', onMessage);
      worker.on('error', (error) => onDeath(error.message));
      worker.on('exit', (code) => onDeath(`the worker ended with status ${code}`));
    },
    terminate: () => void worker.terminate(),
    hold: (on) => (on ? worker.ref() : worker.unref()),
  };
}
