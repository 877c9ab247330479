/** Nodes written in Python, in a page: Pyodide in Web Workers. Nothing here imports Node. */
import type { ExternalSpec } from '@remotemedia/native-dsp';
import { type ExternalNode, NodeFailure } from '../external/external-node.js';
import { Describer } from '../guest/describer.js';
import type { StartInterpreter } from '../guest/interpreter.js';
import type { DescribedSpec, PythonClass, PythonLimits, PythonNodeRequest } from './options.js';
import type { PyodidePackage } from './pyodide/interpreter.js';
import { webPool } from './pyodide/web.js';
import { moduleFields, PYODIDE_START_MS, type PythonModule, PythonNode } from './python-node.js';

export { PYTHON_NODE_SPECS, PYTHON_NODES } from './catalogue.js';
export type * from './options.js';
export { pythonHost, type WebPythonHostOptions } from './web-host.js';

/** Longest import of a module that is only to be described. */
const DESCRIBE_MS = 30_000;

/** A file that is fetched, or its text. */
export type WebPythonSource = { readonly url: string } | { readonly text: string; readonly name?: string };

export interface WebPythonOptions extends PythonLimits {
  /** Address below which the server has the files of `pythonRoutes()`, with a slash at its end. Default `/python/`, of the page's origin. */
  readonly base?: string | undefined;
  /** Archives of pure Python packages (`.whl`, `.zip`). */
  readonly packages?: readonly PyodidePackage[] | undefined;
}

/**
 * Makes a node; nothing starts before it is initialised or gets its first item.
 * @throws NodeFailure `permanent` `executor_unavailable` for `cpython`.
 */
export function createPythonNode(
  request: PythonNodeRequest<WebPythonSource, WebPythonOptions>,
): ExternalNode {
  if (request.executor === 'python') return nodeOf(request);
  const message = `executor ${request.executor} needs a process; in a page, Python runs with executor: python`;
  throw new NodeFailure('permanent', 'executor_unavailable', message);
}

/**
 * The node classes of a module and what they say about themselves. Imports the module, in an interpreter of its own, and runs nothing else of it.
 * @throws NodeFailure `permanent`: `import_failed`, `package_missing`, `module_not_found`, `invalid_module`; `timeout`.
 */
export async function describePythonModule(
  source: WebPythonSource,
  options: WebPythonOptions = {},
  signal: AbortSignal = AbortSignal.timeout(DESCRIBE_MS),
): Promise<PythonClass[]> {
  const describer = new Describer(starterOf(options), { log: (line) => options.onLog?.(line, '') });
  const module = await moduleFields(() => loadModule(source), options);
  const described = await describer.describe(module, signal);
  return (described as unknown as { class_name: string; spec: DescribedSpec }[]).map(
    ({ class_name: className, spec }) => ({
      className,
      spec: { ...spec, executor: 'python' } satisfies ExternalSpec,
    }),
  );
}

function nodeOf({
  source,
  className,
  params,
  options = {},
}: Omit<PythonNodeRequest<WebPythonSource, WebPythonOptions>, 'executor'>): PythonNode {
  return new PythonNode({
    start: starterOf(options),
    startMs: PYODIDE_START_MS,
    load: () => loadModule(source),
    className: className ?? null,
    params,
    limits: options,
  });
}

function starterOf(options: WebPythonOptions): StartInterpreter {
  const { memoryMb, packages = [] } = options;
  const heapLimitBytes = memoryMb === undefined ? undefined : Math.round(memoryMb * 1e6);
  return webPool(baseOf(options)).starter(async () => ({ heapLimitBytes, packages }));
}

/** Keeps `count` interpreters booted, so that nodes start at once. Each takes about 80 MB. */
export function warmPyodide(count: number, options: Pick<WebPythonOptions, 'base'> = {}): void {
  webPool(baseOf(options)).warm(count);
}

function baseOf({ base = '/python/' }: WebPythonOptions): string {
  return new URL(base, location.href).href;
}

async function loadModule(source: WebPythonSource): Promise<PythonModule> {
  if ('text' in source) return { name: source.name ?? 'node.py', text: source.text };
  const response = await fetch(source.url).catch((cause) => cause as Error);
  if (response instanceof Response && response.ok)
    return { name: source.url.slice(source.url.lastIndexOf('/') + 1), text: await response.text() };
  const reason = response instanceof Response ? `status ${response.status}` : response.message;
  throw new NodeFailure('permanent', 'module_not_found', `${source.url} cannot be fetched: ${reason}`);
}
