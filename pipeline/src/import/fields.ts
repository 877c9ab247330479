/** Objects whose fields are called otherwise in manifest v1. */
import { isTree, type Notes, snakeCase, type Tree } from './notes.js';

export interface FieldNames {
  /** Those of v1. */
  readonly known: readonly string[];
  /** Those of other dialects, in snake case, and what they are in v1. */
  readonly others?: Readonly<Record<string, string>>;
}

/** The field of v1 that a name stands for. */
const fieldOf = (name: string, { known, others = {} }: FieldNames): string | undefined => {
  const snake = snakeCase(name);
  return known.includes(snake) ? snake : Object.hasOwn(others, snake) ? others[snake] : undefined;
};

/** What `field` is called in `value`, where it is there: the first name that stands for it counts. */
export const nameOf = (field: string, value: unknown, names: FieldNames): string =>
  Object.keys(isTree(value) ? value : {}).find((name) => fieldOf(name, names) === field) ?? field;

/**
 * The fields of `value` under their names in v1; what v1 has no place for goes to `strange`.
 * @returns an empty object where `value` is none, which validation finds.
 */
export function fieldsOf(
  value: unknown,
  path: string,
  names: FieldNames,
  notes: Notes,
  strange: (name: string, value: unknown, path: string) => void = (_name, _value, at) =>
    notes.unknown(at, 'is unknown here and left out'),
): Tree {
  const fields: Tree = {};
  for (const [name, field] of Object.entries(isTree(value) ? value : {})) {
    const at = path === '' ? name : `${path}.${name}`;
    const target = fieldOf(name, names);
    if (target === undefined) strange(name, field, at);
    else if (Object.hasOwn(fields, target))
      notes.note(at, `is left out, because ${nameOf(target, value, names)} stands there as well`);
    else {
      if (target !== name) notes.note(at, `is called ${target}`);
      fields[target] = field;
    }
  }
  return fields;
}
