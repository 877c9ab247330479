/** Nodes that dialects draw for the input and the output of a pipeline. */
import type { ImportedEntry, Notes } from './notes.js';

const END = /^_*(input|output)(node)?_*$/i;

/** Whether a type, or an id that no node has, stands for an end of the pipeline. */
export const isEndType = (nodeType: unknown): boolean => typeof nodeType === 'string' && END.test(nodeType);

export interface Wiring {
  nodes: ImportedEntry[];
  connections: ImportedEntry[];
}

/**
 * Without nodes that stand for the pipeline's own input and output: what has no connection to it is an input anyway, and an output is
 * marked. An input that also feeds the middle of the graph stays, as a node that passes on.
 */
export function withoutEnds({ nodes, connections }: Wiring, notes: Notes): Wiring {
  const drawn = new Set(
    nodes.filter(({ tree }) => isEndType(tree['node_type'])).map(({ tree }) => tree['id']),
  );
  const named = new Set(nodes.map(({ tree }) => tree['id']));
  const isEndName = (id: unknown) =>
    typeof id === 'string' && (drawn.has(id) || (!named.has(id) && isEndType(id)));
  const inputs = connections.filter(({ tree }) => isEndName(tree['from']));
  const outputs = connections.filter(({ tree }) => isEndName(tree['to']));
  const inner = connections.filter(({ tree }) => !isEndName(tree['from']) && !isEndName(tree['to']));
  const fed = new Set(inner.map(({ tree }) => tree['to']));
  const outputIds = new Set(outputs.map(({ tree }) => tree['from']));
  const kept = nodes.filter(({ tree }) => !drawn.has(tree['id']));
  for (const { path } of [...inputs, ...outputs])
    notes.note(path, 'is left out: input and output are no nodes here');
  const marked = kept.map((entry) =>
    outputIds.has(entry.tree['id']) ? { ...entry, tree: { ...entry.tree, is_output_node: true } } : entry,
  );
  if (!inputs.some(({ tree }) => fed.has(tree['to']))) return { nodes: marked, connections: inner };
  const id = freeId('input', named);
  notes.note(
    inputs[0]!.path,
    `feeds the middle of the graph: a PassThrough named ${id} stands for the input`,
  );
  const passThrough = { path: inputs[0]!.path, tree: { id, node_type: 'PassThrough' } };
  const led = inputs.map(({ path, tree }) => ({ path, tree: { ...tree, from: id } }));
  return { nodes: [passThrough, ...marked], connections: [...led, ...inner] };
}

function freeId(wish: string, taken: ReadonlySet<unknown>): string {
  let id = wish;
  while (taken.has(id)) id += '_';
  return id;
}
