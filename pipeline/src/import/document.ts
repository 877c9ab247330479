/** The document that is imported: JSON or YAML, bare or wrapped together with its input. */
import { parse } from 'yaml';
import { isTree, type Notes, type Tree } from './notes.js';

export interface ImportedDocument {
  readonly manifest: unknown;
  /** What the document wants to be run on; `undefined` where it says nothing of it. */
  readonly input: unknown;
}

/** Alias bombs grow by each alias. */
const MOST_ALIASES = 100;

/** @throws Error of the parser, with line and column. */
export function readDocument(source: string | object, notes: Notes): ImportedDocument {
  const tree = typeof source === 'string' ? parse(source, { maxAliasCount: MOST_ALIASES }) : source;
  if (!isTree(tree) || !isTree(tree['manifest'])) return { manifest: tree, input: undefined };
  notes.note('manifest', 'is the manifest; what is wrapped around it is left out');
  return { manifest: tree['manifest'], input: inputOf(tree) };
}

const inputOf = (wrapper: Tree): unknown => wrapper['input_data'] ?? wrapper['inputData'] ?? wrapper['input'];
