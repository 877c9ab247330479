/** Nodes in JavaScript modules that a manifest names: `module: ./my-node.js`. The module's default export, or any export of the type, is a definition. */
import type { ExternalSpec } from '@remotemedia/native-dsp';
import type { NodeDefinition } from './definition.js';
import { nodeOnItems } from './frame-node.js';
import { hostOf, type NodeHost } from './host.js';

/** @param base URL of the manifest: modules are found relative to it. */
export function moduleHost(base: string | URL): NodeHost {
  const loaded = new Map<string, readonly NodeDefinition[]>();
  return {
    specs: [],
    async load({ module, executor }) {
      const isOurs =
        module !== null && /\.[cm]?[jt]s$/.test(module) && (executor ?? 'javascript') === 'javascript';
      if (!isOurs) return undefined;
      const definitions = await definitionsOf(new URL(module, base).href);
      loaded.set(module, definitions);
      return definitions.map(({ spec }): ExternalSpec => spec);
    },
    create: (part) => hostOf(loaded.get(part.module ?? '') ?? []).create(part),
  };
}

/** What the module at this address defines. @throws what importing it throws. */
export async function definitionsOf(href: string): Promise<NodeDefinition[]> {
  // Bundlers are not to look into it: what it names is not there when they run.
  const exports: Record<string, unknown> = await import(/* @vite-ignore */ /* webpackIgnore: true */ href);
  return Object.values(exports).filter(isDefinition).map(onItems);
}

/** Where the module stands alone, nobody has wrapped its nodes on frames: `defineNode` cannot be imported in a package. */
function onItems(definition: NodeDefinition): NodeDefinition {
  const { spec } = definition;
  return { spec, create: (params) => nodeOnItems(spec.node_type, definition.create(params)) };
}

function isDefinition(value: unknown): value is NodeDefinition {
  return (
    typeof value === 'object' &&
    value !== null &&
    'spec' in value &&
    'create' in value &&
    typeof value.create === 'function'
  );
}
