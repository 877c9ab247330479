/** Nodes in Python for pipelines: those that come along, and modules that manifests name. For Node only. */
import { fileURLToPath } from 'node:url';
import type { ExternalMention, PlannedPart } from '@remotemedia/native-dsp';
import { Descriptions } from '../external/descriptions.js';
import type { NodeHost } from '../external/host.js';
import { PYTHON_NODE_SPECS, PYTHON_NODES } from './catalogue.js';
import {
  bundledSource,
  createPythonNode,
  type PythonOptions,
  type PythonSource,
  pythonDescriber,
} from './index.js';

export interface PythonHostOptions extends PythonOptions {
  /** Where `module: ./x.py` is looked for; without it, no manifest may name a module. */
  readonly base?: string | URL;
  /** Whether nodes may run in processes, with the rights of this one. Default true. */
  readonly processes?: boolean;
}

/** Pyodide takes seconds to boot, and the modules of a folder are described one right after the other. */
const IDLE_MS = 300;

export function pythonHost({ base, processes = true, ...options }: PythonHostOptions = {}): NodeHost {
  const modules = new Map<string, PythonSource>();
  const descriptions = new Descriptions();
  const describers = {
    python: pythonDescriber('python', options, IDLE_MS),
    cpython: pythonDescriber('cpython', options),
  };
  return {
    specs: PYTHON_NODE_SPECS,
    async load(mention, signal) {
      const executor = executorOf(mention);
      if (base === undefined || mention.module === null || executor === undefined) return undefined;
      const { href } = new URL(mention.module, base);
      const source = { path: fileURLToPath(href) };
      modules.set(mention.module, source);
      return descriptions.of(href, executor, async () => {
        const classes = await describers[executor](source, signal);
        return classes.map(({ spec }) => spec);
      });
    },
    create(part) {
      if (part.executor !== 'python' && part.executor !== 'cpython') return undefined;
      if (part.executor === 'cpython' && !processes) return undefined;
      const found = sourceOf(part);
      return found && createPythonNode({ executor: part.executor, ...found, options });
    },
  };

  function sourceOf(part: PlannedPart): { source: PythonSource; className: string } | undefined {
    const module = part.module === null ? undefined : modules.get(part.module);
    if (module) return { source: module, className: part.node_type };
    const bundled = PYTHON_NODES.find(({ spec }) => spec.node_type === part.node_type);
    return bundled && { source: bundledSource(bundled.file), className: bundled.className };
  }
}

function executorOf({ executor, module }: ExternalMention): 'python' | 'cpython' | undefined {
  if (executor === 'python' || executor === 'cpython') return executor;
  return executor === null && module?.endsWith('.py') ? 'python' : undefined;
}
