/** Everything of a manifest but its nodes and connections. */
import { fieldsOf, nameOf } from './fields.js';
import { isTree, type Notes, type Tree } from './notes.js';

const FIELDS = {
  known: [
    'version',
    'metadata',
    'nodes',
    'connections',
    'python_env',
    'runtime',
    'runtime_hint',
    'execution',
  ],
  others: { edges: 'connections', links: 'connections', pipeline: 'nodes' },
};

/** Fields that describe the pipeline and belong into `metadata`. */
const DESCRIBING = ['name', 'description', 'author', 'license', 'tags', 'category', 'created', 'created_at'];

/** What dialects call the version that is v1 here. */
const VERSIONS_1: readonly unknown[] = [undefined, 1, '1', '1.0', '1.0.0', 'v1.0', 'v1.0.0'];

/** Hints of the SDK about where it runs that say nothing here: it runs where it can. */
const IDLE_HINTS: readonly unknown[] = ['rust_python', 'python', 'rust', 'any'];

/** What the lists of a manifest are called in it. */
export const listNames = (manifest: unknown) => ({
  nodes: nameOf('nodes', manifest, FIELDS),
  connections: nameOf('connections', manifest, FIELDS),
});

/** The fields of v1, nodes and connections as they were. */
export function importTopLevel(manifest: unknown, notes: Notes): Tree {
  const describing: Tree = {};
  const fields = fieldsOf(manifest, '', FIELDS, notes, (name, value, path) => {
    if (DESCRIBING.includes(name)) {
      notes.note(path, `stands in metadata.${name}`);
      describing[name] = value;
    } else if (name !== '$schema') notes.unknown(path, 'has no effect here and is left out');
  });
  const { version, metadata, nodes, connections, ...others } = fields;
  return {
    version: versionOf(version, notes),
    ...metadataOf(metadata, describing, notes),
    ...hintOf(others, '', notes),
    nodes,
    connections: connections ?? [],
  };
}

function versionOf(version: unknown, notes: Notes): unknown {
  if (!VERSIONS_1.includes(version)) return version;
  notes.note('version', version === undefined ? 'is missing; it is v1' : `${JSON.stringify(version)} is v1`);
  return 'v1';
}

function metadataOf(metadata: unknown, describing: Tree, notes: Notes): Tree {
  if (metadata !== undefined && !isTree(metadata)) return { metadata };
  const merged = { ...describing, ...(metadata && hintOf(metadata, 'metadata.', notes)) };
  return Object.keys(merged).length > 0 ? { metadata: merged } : {};
}

/** Without a `runtime_hint` that means nothing here. */
export function hintOf(fields: Tree, path: string, notes: Notes): Tree {
  const { runtime_hint: hint, ...others } = fields;
  if (!IDLE_HINTS.includes(hint)) return fields;
  notes.note(`${path}runtime_hint`, `${hint} is left out: what can run it does`);
  return others;
}
