/** The nodes of a manifest: their fields, types and parameters. */
import { isEndType } from './ends.js';
import { fieldsOf } from './fields.js';
import type { Ids } from './ids.js';
import { RENAMED, reasonAgainst } from './node-types.js';
import { isTree, type Notes, snakeCase, type Tree } from './notes.js';
import { hintOf } from './top-level.js';

/** What the catalogue says of a node type, as far as it is needed here. */
export interface KnownType {
  readonly node_type: string;
  readonly aliases?: readonly string[];
  readonly params?: readonly { readonly name: string; readonly aliases?: readonly string[] }[];
}

const FIELDS = {
  known: [
    'id',
    'node_type',
    'params',
    'is_output_node',
    'is_streaming',
    'runtime_hint',
    'execution',
    'capabilities',
    'media_capabilities',
    'host',
    'docker',
    'fast_path',
    'python_deps',
    'executor',
    'module',
    'takes',
    'gives',
  ],
  others: { type: 'node_type', config: 'params', parameters: 'params', options: 'params' },
};

/** Executors of this gateway; those of the SDK name processes that nobody has to know here. */
const EXECUTORS: readonly unknown[] = ['javascript', 'worker', 'python', 'cpython'];
const HINT = 'Write it in JavaScript or Python and name its file as `module`, or take it out.';

export function importNode(
  entry: unknown,
  path: string,
  { types, ids }: { readonly types: readonly KnownType[]; readonly ids: Ids },
  notes: Notes,
): Tree {
  const fields = hintOf(fieldsOf(entry, path, FIELDS, notes), `${path}.`, notes);
  const node = { ...fields, ...idOf(fields['id'], path, ids, notes) };
  if ('executor' in node && !EXECUTORS.includes(node['executor'])) {
    notes.note(`${path}.executor`, `${node['executor']} is left out: what can run the node does`);
    delete node['executor'];
  }
  return typeOf(node, path, types, notes);
}

/** The type and the parameters under their names here. */
function typeOf(node: Tree, path: string, types: readonly KnownType[], notes: Notes): Tree {
  const { node_type: nodeType } = node;
  // Ends are taken out afterwards.
  if (typeof nodeType !== 'string' || isEndType(nodeType)) return node;
  const params = isTree(node['params']) ? node['params'] : {};
  const renamed = isEnergyVad(nodeType, params) ? { to: 'RustVADNode' } : ownOf(RENAMED, nodeType);
  if (renamed) notes.note(`${path}.node_type`, `${nodeType} is ${renamed.to}`);
  const name = renamed?.to ?? nodeType;
  const type = types.find(({ node_type, aliases }) => node_type === name || aliases?.includes(name));
  if (!type) {
    const isBroughtAlong = 'module' in node || 'executor' in node;
    if (!isBroughtAlong)
      notes.refuse(`${path}.node_type`, `\`${nodeType}\` ${reasonAgainst(nodeType)}.`, HINT);
    return node;
  }
  if (name === 'MultiplyNode') warnOfMultiplier(params, path, notes);
  const typed = { ...node, node_type: name };
  // What is neither an object nor nothing is validation's to refuse.
  if (!isTree(node['params'] ?? {}) || !('params' in node)) return typed;
  return { ...typed, params: paramsOf(params, path, type, renamed?.params ?? {}, notes) };
}

function paramsOf(
  params: Tree,
  path: string,
  type: KnownType,
  renamed: Readonly<Record<string, string>>,
  notes: Notes,
): Tree {
  const result: Tree = {};
  for (const [name, value] of Object.entries(params)) {
    const snake = ownOf(renamed, snakeCase(name)) ?? snakeCase(name);
    const param = type.params?.find((it) => it.name === snake || it.aliases?.includes(snake));
    const at = `${path}.params.${name}`;
    if (!param) notes.unknown(at, `is no parameter of ${type.node_type} and left out`);
    else if (Object.hasOwn(result, param.name))
      notes.note(at, `is left out, because ${param.name} is given already`);
    else {
      if (param.name !== name) notes.note(at, `is called ${param.name}`);
      result[param.name] = value;
    }
  }
  return result;
}

/** Names come from anybody: what every object has is no entry. */
const ownOf = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The SDK's `VADNode` in Python measures energy; the one here of this name is Silero's. */
const isEnergyVad = (nodeType: string, params: Tree): boolean =>
  nodeType === 'VADNode' && Object.keys(params).some((name) => snakeCase(name) === 'energy_threshold');

function warnOfMultiplier({ multiplier, factor }: Tree, path: string, notes: Notes): void {
  if (multiplier === undefined || multiplier === 2 || factor !== undefined) return;
  notes.note(`${path}.params.multiplier`, `is read: it multiplies by ${multiplier}, where the SDK took 2`);
}

function idOf(id: unknown, path: string, ids: Ids, notes: Notes): Tree {
  const renamed = typeof id === 'string' ? ids.get(id) : undefined;
  if (renamed === undefined) return {};
  notes.note(`${path}.id`, `${JSON.stringify(id)} is ${renamed}`);
  return { id: renamed };
}
