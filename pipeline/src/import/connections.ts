/** The connections of a manifest. */
import { fieldsOf } from './fields.js';
import type { Ids } from './ids.js';
import type { ImportedEntry, Notes, Tree } from './notes.js';

const FIELDS = {
  known: ['from', 'to', 'from_port', 'to_port'],
  others: {
    source: 'from',
    from_node: 'from',
    destination: 'to',
    target: 'to',
    to_node: 'to',
    source_port: 'from_port',
    target_port: 'to_port',
    destination_port: 'to_port',
  },
};

const PORTS: ReadonlyMap<string, string> = new Map([
  ['audio', 'audio'],
  ['events', 'events'],
  ['event', 'events'],
  ['json', 'events'],
  ['vad', 'events'],
]);

export function importConnection(entry: unknown, path: string, ids: Ids, notes: Notes): Tree {
  const fields = fieldsOf(entry, path, FIELDS, notes);
  for (const end of ['from', 'to'])
    if (typeof fields[end] === 'string') fields[end] = ids.get(fields[end]) ?? fields[end];
  for (const port of ['from_port', 'to_port']) {
    const name = fields[port];
    if (name === undefined || name === 'audio' || name === 'events') continue;
    const known = typeof name === 'string' ? PORTS.get(name.toLowerCase()) : undefined;
    notes.note(
      `${path}.${port}`,
      known ? `${name} is ${known}` : `${name} is left out: the connection carries everything`,
    );
    if (known) fields[port] = known;
    else delete fields[port];
  }
  return fields;
}

/** Each once: the SDK took connections twice, and sent everything twice. */
export function withoutDoubles(connections: readonly ImportedEntry[], notes: Notes): ImportedEntry[] {
  const known = new Set<string>();
  return connections.filter(({ tree, path }) => {
    const key = JSON.stringify([tree['from'], tree['to'], tree['from_port'], tree['to_port']]);
    if (known.has(key)) notes.note(path, 'stands twice and is left out');
    return !known.has(key) && known.add(key);
  });
}
