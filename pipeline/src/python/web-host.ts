/** Nodes in Python for pipelines in a page: those that come along, and modules that a manifest of the page names. Nothing here imports Node. */
import type { ExternalSpec } from '@remotemedia/native-dsp';
import type { NodeHost } from '../external/host.js';
import { PYTHON_NODE_SPECS, PYTHON_NODES } from './catalogue.js';
import {
  createPythonNode,
  describePythonModule,
  type WebPythonOptions,
  type WebPythonSource,
} from './web.js';

export interface WebPythonHostOptions extends WebPythonOptions {
  /** URL of the manifest, to which `module: ./x.py` is relative; without it, no manifest may name a module. */
  readonly manifest?: string | URL;
}

/** For the `hosts` of a pipeline. */
export function pythonHost({ manifest, ...options }: WebPythonHostOptions = {}): NodeHost {
  const modules = new Map<string, WebPythonSource>();
  return {
    specs: PYTHON_NODE_SPECS,
    async load({ module, executor }, signal) {
      if (module === null || manifest === undefined) return undefined;
      if (!module.endsWith('.py') || (executor ?? 'python') !== 'python') return undefined;
      const source = { url: new URL(module, new URL(manifest, location.href)).href };
      modules.set(module, source);
      const classes = await describePythonModule(source, options, signal);
      return classes.map(({ spec }): ExternalSpec => spec);
    },
    create({ executor, module, node_type }) {
      if (executor !== 'python') return undefined;
      const source = module === null ? undefined : modules.get(module);
      if (source) return createPythonNode({ executor, source, className: node_type, options });
      const bundled = PYTHON_NODES.find(({ spec }) => spec.node_type === node_type);
      if (!bundled) return undefined;
      const { file, className } = bundled;
      const url = `${options.base ?? '/python/'}python/nodes/${file}`;
      return createPythonNode({ executor, source: { url }, className, options });
    },
  };
}
