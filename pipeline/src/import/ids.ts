/** What ids are called after the import: with letters that ids may have here, and each still one. */
import { isTree } from './notes.js';

const ID = /^[a-zA-Z0-9_-]{1,64}$/;
const LONGEST = 64;

export type Ids = ReadonlyMap<string, string>;

/** New names by old ones, of the nodes whose ids cannot stay. */
export function idsOf(nodes: readonly unknown[]): Ids {
  const ids = nodes.filter(isTree).map(({ id }) => id);
  const taken = new Set(ids);
  const renamed = new Map<string, string>();
  for (const id of ids) {
    if (typeof id !== 'string' || id === '' || ID.test(id) || renamed.has(id)) continue;
    const plain = id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, LONGEST);
    let free = plain;
    for (let n = 2; taken.has(free); n++) free = `${plain.slice(0, LONGEST - 4)}_${n}`;
    taken.add(free);
    renamed.set(id, free);
  }
  return renamed;
}
