/** Who brings nodes along: a set of definitions, a folder of modules, Python. */
import type { ExternalMention, ExternalSpec, PlannedPart } from '@remotemedia/native-dsp';
import type { NodeDefinition } from './definition.js';
import type { ExternalNode } from './external-node.js';

export interface NodeHost {
  /** The types that it knows without being asked. */
  readonly specs: readonly ExternalSpec[];
  /** Modules that it has itself: a manifest may name these wherever it came from. */
  readonly modules?: ReadonlySet<string>;
  /**
   * Gets ready what an entry of a manifest names by its module; resolves to the types found there, or to nothing where it is not this
   * host's business.
   * @param signal aborted when that takes too long.
   */
  load?(mention: ExternalMention, signal: AbortSignal): Promise<readonly ExternalSpec[] | undefined>;
  /** One node for one place in one session; nothing where the type is not this host's. */
  create(part: PlannedPart): ExternalNode | undefined;
}

/** A host of nodes that are there already. */
export function hostOf(definitions: readonly NodeDefinition[]): NodeHost {
  return {
    specs: definitions.map(({ spec }) => spec),
    create(part) {
      const found = definitions.find(({ spec }) => spec.node_type === part.node_type);
      return part.executor === 'javascript' ? found?.create(part.params) : undefined;
    },
  };
}

const registered: NodeDefinition[] = [];

/** Makes a node type known to all pipelines of this process that are made from now on. A later one of the same type takes its place. */
export function registerNode(definition: NodeDefinition): void {
  const at = registered.findIndex(({ spec }) => spec.node_type === definition.spec.node_type);
  registered.splice(at < 0 ? registered.length : at, at < 0 ? 0 : 1, definition);
}

export function registeredNodes(): NodeHost {
  return hostOf([...registered]);
}
