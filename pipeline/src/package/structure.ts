/** What can be said of a manifest without a runtime: the check of the SDK, and what it forgot. */
import { isTree } from '../import/notes.js';

export interface StructureCheck {
  readonly valid: boolean;
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Loading a package checks far more: types, parameters, formats. */
export function checkStructure(manifest: unknown): StructureCheck {
  const errors: string[] = [];
  const warnings: string[] = [];
  const { version, nodes, connections, runtime } = isTree(manifest) ? manifest : {};
  if (version === undefined) errors.push('version is missing');
  else if (version !== 'v1') warnings.push(`version is ${JSON.stringify(version)}, not "v1"`);
  if (!Array.isArray(nodes)) errors.push('nodes is not a list');
  if (!Array.isArray(connections)) errors.push('connections is not a list');
  const ids = checkNodes(Array.isArray(nodes) ? nodes : [], errors);
  if (Array.isArray(nodes) && nodes.length === 0) warnings.push('there are no nodes');
  for (const [index, entry] of (Array.isArray(connections) ? connections : []).entries())
    for (const end of ['from', 'to'] as const) {
      const id = isTree(entry) ? entry[end] : undefined;
      if (id === undefined) errors.push(`connections[${index}].${end} is missing`);
      else if (!ids.has(id)) errors.push(`connections[${index}].${end} names no node: ${JSON.stringify(id)}`);
    }
  const target = isTree(runtime) ? runtime['target'] : undefined;
  if (runtime === undefined) warnings.push('there is no runtime');
  else if (target !== 'wasm32-wasi') errors.push(`runtime.target is not "wasm32-wasi"`);
  return { valid: errors.length === 0, errors, warnings };
}

function checkNodes(nodes: readonly unknown[], errors: string[]): Set<unknown> {
  const ids = new Set<unknown>();
  for (const [index, entry] of nodes.entries()) {
    const { id, node_type: nodeType } = isTree(entry) ? entry : {};
    if (typeof id !== 'string' || id === '') errors.push(`nodes[${index}].id is missing`);
    else if (ids.has(id)) errors.push(`nodes[${index}].id stands there twice: ${JSON.stringify(id)}`);
    if (typeof nodeType !== 'string' || nodeType === '') errors.push(`nodes[${index}].node_type is missing`);
    ids.add(id);
  }
  return ids;
}
