/** What a server has to serve so that its pages can run Python nodes: see `pyodide/web.ts`. */
import { join } from 'node:path';
import { PYTHON_NODES } from './catalogue.js';
import { pyodideFolder, pythonFile } from './files.js';
import { HOST_FILES } from './pyodide/interpreter.js';

/** A file to be served. */
export interface PythonRoute {
  /** Below the base address that the page names. */
  readonly path: string;
  readonly file: string;
  readonly contentType: string;
}

const PYODIDE_FILES = [
  'pyodide.mjs',
  'pyodide.asm.mjs',
  'pyodide.asm.wasm',
  'python_stdlib.zip',
  'pyodide-lock.json',
];
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  mjs: 'text/javascript',
  json: 'application/json',
  py: 'text/x-python; charset=utf-8',
  wasm: 'application/wasm',
  zip: 'application/zip',
};

/**
 * Files of Pyodide, of the worker and of the bundled nodes. Nothing else is ever fetched, from nowhere else.
 * @throws NodeFailure `pyodide_missing`.
 */
export function pythonRoutes(): PythonRoute[] {
  const pyodide = pyodideFolder();
  const python = ['pyodide_worker.js', ...HOST_FILES, ...PYTHON_NODES.map(({ file }) => `nodes/${file}`)];
  return [
    ...PYODIDE_FILES.map((name) => route(`pyodide/${name}`, join(pyodide, name))),
    ...python.map((path) => route(`python/${path}`, pythonFile(path))),
  ];
}

function route(path: string, file: string): PythonRoute {
  return { path, file, contentType: CONTENT_TYPES[path.slice(path.lastIndexOf('.') + 1)]! };
}
