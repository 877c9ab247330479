/** Where the Python files and those of Pyodide are on this machine. For Node only. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { NodeFailure } from '../external/external-node.js';

/** The same from sources and from what was built: `pipeline/src/python` and `pipeline/dist/python` are siblings. */
const PYTHON_FOLDER = new URL('../../python/', import.meta.url);

export const CPYTHON_HOST = fileURLToPath(new URL('cpython_host.py', PYTHON_FOLDER));
export const PYODIDE_WORKER = new URL('pyodide_worker.js', PYTHON_FOLDER);

/** A file below `pipeline/python`. */
export function pythonFile(path: string): string {
  return fileURLToPath(new URL(path, PYTHON_FOLDER));
}

/**
 * The folder of the npm package `pyodide`, with a slash at its end.
 * @throws NodeFailure `permanent` `pyodide_missing`.
 */
export function pyodideFolder(): string {
  try {
    const file = createRequire(import.meta.url).resolve('pyodide/package.json');
    return file.slice(0, -'package.json'.length);
  } catch (cause) {
    const hint = 'install the npm package `pyodide`, or run the node with `executor: cpython`';
    throw new NodeFailure('permanent', 'pyodide_missing', `Pyodide is not installed: ${hint}`, { cause });
  }
}
