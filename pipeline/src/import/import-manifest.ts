/**
 * Manifests of the RemoteMedia SDK, in whichever of its dialects, as manifest v1. What is written otherwise is noted, and what cannot run
 * here is refused with the reason: nothing is lost in silence.
 */
import type { Complaint, ExternalSpec, ManifestValidation, OfflineRuntime } from '@remotemedia/native-dsp';
import { chooseRuntime } from '../runtime/runtime.js';
import { importConnection, withoutDoubles } from './connections.js';
import { readDocument } from './document.js';
import { withoutEnds } from './ends.js';
import { idsOf } from './ids.js';
import { importNode, type KnownType } from './nodes.js';
import { type ImportedEntry, type ImportNote, Notes } from './notes.js';
import { importTopLevel, listNames } from './top-level.js';

export type ImportResult =
  | {
      readonly ok: true;
      /** Sound manifest v1. */
      readonly manifest: object;
      /** What the document brought along to run it on. */
      readonly input?: unknown;
      readonly notes: readonly ImportNote[];
    }
  | { readonly ok: false; readonly notes: readonly ImportNote[]; readonly complaints: readonly Complaint[] };

export interface ImportOptions {
  /** Whose catalogue counts. */
  readonly runtime?: OfflineRuntime;
  /** Its catalogue, where that has been read already. */
  readonly nodeTypes?: readonly KnownType[];
  /** Node types that the host brings along, such as `PYTHON_NODE_SPECS`. */
  readonly externals?: readonly ExternalSpec[];
}

/** @param source JSON or YAML text, or the object that it stands for. Never throws for a bad one. */
export function importManifest(
  source: string | object,
  { runtime = chooseRuntime().offline, nodeTypes, externals = [] }: ImportOptions = {},
): ImportResult {
  const notes = new Notes();
  try {
    const { manifest, input } = readDocument(source, notes);
    const known = nodeTypes ?? (JSON.parse(runtime.nodeCatalogue()) as KnownType[]);
    const result = rewrite(manifest, [...known, ...externals], notes);
    const found = complaintsAbout(result, runtime, externals, notes);
    if (found.length > 0) return { ok: false, notes: notes.notes, complaints: found };
    return { ok: true, manifest: result.manifest, notes: notes.notes, ...(input !== undefined && { input }) };
  } catch (error) {
    const complaint = {
      path: '',
      code: 'syntax_error',
      message: firstLine(error),
      hint: 'Mend the text there.',
    };
    return { ok: false, notes: notes.notes, complaints: [complaint] };
  }
}

interface Rewritten {
  readonly manifest: object;
  readonly nodes: readonly ImportedEntry[];
  readonly connections: readonly ImportedEntry[];
  /** What the lists are called in the source. */
  readonly names: ReturnType<typeof listNames>;
}

function rewrite(source: unknown, types: readonly KnownType[], notes: Notes): Rewritten {
  const top = importTopLevel(source, notes);
  const names = listNames(source);
  // What is no list is left to validation.
  if (!Array.isArray(top['nodes']) || !Array.isArray(top['connections']))
    return { manifest: top, nodes: [], connections: [], names };
  const ids = idsOf(top['nodes']);
  const connections = top['connections'].map((entry, index) => {
    const path = `${names.connections}[${index}]`;
    return { path, tree: importConnection(entry, path, ids, notes) };
  });
  const nodes = top['nodes'].map((entry, index) => {
    const path = `${names.nodes}[${index}]`;
    return { path, tree: importNode(entry, path, { types, ids }, notes) };
  });
  const wiring = withoutEnds({ nodes, connections: withoutDoubles(connections, notes) }, notes);
  const manifest = {
    ...top,
    nodes: wiring.nodes.map(({ tree }) => tree),
    connections: wiring.connections.map(({ tree }) => tree),
  };
  return { manifest, ...wiring, names };
}

/** What cannot be run here, and everything else that is wrong, at the paths of the source. */
function complaintsAbout(
  { manifest, nodes, connections, names }: Rewritten,
  runtime: OfflineRuntime,
  externals: readonly ExternalSpec[],
  notes: Notes,
): Complaint[] {
  const text = JSON.stringify(manifest);
  const validation = runtime.validateManifest(text, undefined, JSON.stringify(externals));
  const { complaints } = JSON.parse(validation) as ManifestValidation;
  const sources = { nodes, connections };
  const inSource = complaints.map((complaint) => ({
    ...complaint,
    path: complaint.path.replace(
      /^(nodes|connections)(?:\[(\d+)\])?/,
      (_, list: keyof typeof sources, index?: string) => {
        if (index === undefined) return names[list];
        return sources[list][Number(index)]?.path ?? `${names[list]}[${index}]`;
      },
    ),
  }));
  const refused = new Set(notes.complaints.map(({ path }) => path));
  return [...notes.complaints, ...inSource.filter(({ path }) => !refused.has(path))];
}

const firstLine = (error: unknown): string => String((error as Error).message).split('\n')[0]!;
