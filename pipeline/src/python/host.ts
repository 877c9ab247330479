/** Nodes in Python for pipelines: those that come along, and modules that manifests name. For Node only. */
import { fileURLToPath } from 'node:url';
import type { ExternalMention, ExternalSpec, PlannedPart } from '@remotemedia/native-dsp';
import { Descriptions } from '../external/descriptions.js';
import type { NodeHost } from '../external/host.js';
import { PYTHON_NODE_SPECS, PYTHON_NODES } from './catalogue.js';
import {
  bundledSource,
  createPythonNode,
  describePythonModule,
  type PythonOptions,
  type PythonSource,
} from './index.js';

export interface PythonHostOptions extends PythonOptions {
  /** Where `module: ./x.py` is looked for; without it, no manifest may name a module. */
  readonly base?: string | URL;
  /** Whether nodes may run in processes, with the rights of this one. Default true. */
  readonly processes?: boolean;
}

export function pythonHost({ base, processes = true, ...options }: PythonHostOptions = {}): NodeHost {
  const modules = new Map<string, PythonSource>();
  const descriptions = new Descriptions();
  return {
    specs: PYTHON_NODE_SPECS,
    async load(mention, signal) {
      const executor = executorOf(mention);
      if (base === undefined || mention.module === null || executor === undefined) return undefined;
      const { href } = new URL(mention.module, base);
      const source = { path: fileURLToPath(href) };
      modules.set(mention.module, source);
      return descriptions.of(href, executor, async () => {
        const classes = await describePythonModule(source, { ...options, executor }, signal);
        return classes.map(({ spec }): ExternalSpec => ({ ...spec, executor }));
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
