/** Nodes written in Python, on a machine with Node: in Pyodide, or in a CPython process. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ExternalSpec } from '@remotemedia/native-dsp';
import { type ExternalNode, NodeFailure } from '../external/external-node.js';
import { Describer } from '../guest/describer.js';
import type { StartInterpreter } from '../guest/interpreter.js';
import { CpythonProcess } from './cpython/process.js';
import { pythonFile } from './files.js';
import type { DescribedSpec, PythonClass, PythonLimits, PythonNodeRequest } from './options.js';
import { pyodidePool, readAdoption } from './pyodide/node.js';
import {
  CPYTHON_START_MS,
  moduleFields,
  PYODIDE_START_MS,
  type PythonModule,
  PythonNode,
} from './python-node.js';

export * from './catalogue.js';
export { type PythonHostOptions, pythonHost } from './host.js';
export type * from './options.js';
export { pythonRoutes } from './routes.js';

/** A file, or its text; the name is for tracebacks. */
export type PythonSource = { readonly path: string } | { readonly text: string; readonly name?: string };

export interface PythonOptions extends PythonLimits {
  /** CPython only: a program, or the folder of a virtual environment. Default: the variable `REMOTEMEDIA_PYTHON`, then `python3`. */
  readonly interpreter?: string | undefined;
  /** CPython only: variables of its environment; of the gateway's own it gets but `PATH`, `HOME`, the language and the folder for temporary files. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Paths of archives of pure Python packages (`.whl`, `.zip`) that the operator provides. */
  readonly packages?: readonly string[] | undefined;
}

/** Longest import of a module that is only to be described. */
const DESCRIBE_MS = 30_000;

/** Runs a node in a process. */
export class CpythonNode extends PythonNode {
  constructor(request: Omit<PythonNodeRequest<PythonSource, PythonOptions>, 'executor'>) {
    super({ ...setupOf(request), start: cpythonStarter(request.options), startMs: CPYTHON_START_MS });
  }
}

/** Runs a node in Pyodide, in a worker thread. */
export class PyodideNode extends PythonNode {
  constructor(request: Omit<PythonNodeRequest<PythonSource, PythonOptions>, 'executor'>) {
    super({ ...setupOf(request), start: pyodideStarter(request.options), startMs: PYODIDE_START_MS });
  }
}

/** Makes a node; nothing starts before it is initialised or gets its first item. */
export function createPythonNode(request: PythonNodeRequest<PythonSource, PythonOptions>): ExternalNode {
  return request.executor === 'cpython' ? new CpythonNode(request) : new PyodideNode(request);
}

/**
 * The node classes of a module and what they say about themselves. Imports the module, in an interpreter of its own, and runs nothing else of it.
 * @throws NodeFailure `permanent`: `import_failed`, `package_missing`, `module_not_found`, `invalid_module`; `timeout`.
 */
export async function describePythonModule(
  source: PythonSource,
  { executor = 'python', ...options }: PythonOptions & { executor?: 'python' | 'cpython' } = {},
  signal: AbortSignal = AbortSignal.timeout(DESCRIBE_MS),
): Promise<PythonClass[]> {
  return pythonDescriber(executor, options)(source, signal);
}

/**
 * The same for several modules of one owner.
 * @param idleMs how long an interpreter waits for the next module; default 0: each has its own.
 */
export function pythonDescriber(
  executor: 'python' | 'cpython',
  options: PythonOptions,
  idleMs = 0,
): (source: PythonSource, signal: AbortSignal) => Promise<PythonClass[]> {
  const start = executor === 'cpython' ? cpythonStarter(options) : pyodideStarter(options);
  const describer = new Describer(start, { log: (line) => options.onLog?.(line, ''), idleMs });
  return async (source, signal) => {
    const module = await moduleFields(() => loadModule(source), options);
    const described = await describer.describe(module, signal);
    return (described as unknown as { class_name: string; spec: DescribedSpec }[]).map(
      ({ class_name: className, spec }) => ({
        className,
        spec: { ...spec, executor } satisfies ExternalSpec,
      }),
    );
  };
}

/** Keeps `count` interpreters of Pyodide booted, so that nodes start at once. Each takes about 80 MB. */
export function warmPyodide(count: number): void {
  pyodidePool.warm(count);
}

/** The file of a node type of {@link PYTHON_NODES}. */
export function bundledSource(file: string): PythonSource {
  return { path: pythonFile(`nodes/${file}`) };
}

function setupOf({
  source,
  className,
  params,
  options,
}: Omit<PythonNodeRequest<PythonSource, PythonOptions>, 'executor'>) {
  return {
    load: () => loadModule(source),
    className: className ?? null,
    params,
    limits: options ?? {},
  };
}

function cpythonStarter({
  memoryMb,
  interpreter,
  environment,
  packages,
}: PythonOptions = {}): StartInterpreter {
  const options = { interpreter, environment, packages, memoryBytes: bytesOf(memoryMb) };
  return (events) => new CpythonProcess(options, events);
}

function pyodideStarter({ memoryMb, packages = [] }: PythonOptions = {}): StartInterpreter {
  return pyodidePool.starter(() => readAdoption(bytesOf(memoryMb), packages));
}

function bytesOf(megabytes: number | undefined): number | undefined {
  return megabytes === undefined ? undefined : Math.round(megabytes * 1e6);
}

async function loadModule(source: PythonSource): Promise<PythonModule> {
  if ('text' in source) return { name: source.name ?? 'node.py', text: source.text };
  try {
    return { name: basename(source.path), text: await readFile(source.path, 'utf8') };
  } catch (cause) {
    const message = `the Python module cannot be read: ${(cause as Error).message}`;
    throw new NodeFailure('permanent', 'module_not_found', message, { cause });
  }
}
