/** Manifests as clients of the SDK send them: in whichever dialect. */
import type { ExecutionRequest } from '@remotemedia/gateway';
import type { ImportNote } from '@remotemedia/pipeline/import';
import type { ManifestImporter } from '../../context.js';
import { RequestError } from '../../errors.js';
import { requestOf } from '../execute.js';
import { refuseDepth } from '../item-codec.js';

export interface SdkRequest {
  readonly request: ExecutionRequest;
  /** What was rewritten. */
  readonly notes: readonly Pick<ImportNote, 'path' | 'message'>[];
}

/**
 * What is manifest v1 goes on as it is, so that nothing of it is left out: validation says what it does not know.
 * @throws RequestError `invalid_manifest` with everything that cannot be taken over.
 */
export function sdkRequest(
  manifest: Record<string, unknown> | undefined,
  importManifest: ManifestImporter,
): SdkRequest {
  if (manifest === undefined) return { request: requestOf({}), notes: [] };
  refuseDepth(manifest);
  // Too long for any graph: validation says so, and nobody works on it before.
  if (isTooLong(manifest)) return { request: requestOf({ manifest }), notes: [] };
  const result = importManifest(manifest);
  const isDialect = manifest['version'] !== 'v1' || result.notes.some(({ isUnknown }) => !isUnknown);
  if (!isDialect) return { request: requestOf({ manifest }), notes: [] };
  const notes = result.notes.map(({ path, message }) => ({ path, message }));
  if (result.ok) return { request: requestOf({ manifest: { ...result.manifest } }), notes };
  const { complaints } = result;
  const first = complaints[0]!;
  throw new RequestError('invalid_manifest', `${first.path}: ${first.message} ${first.hint}`, { complaints });
}

/** More than 64 nodes, and what can lead from one to another, with two more for the ends that dialects draw. */
const MOST = { nodes: 66, connections: 66 * 66 };

const isTooLong = ({ nodes, connections, edges }: Record<string, unknown>): boolean =>
  lengthOf(nodes) > MOST.nodes || Math.max(lengthOf(connections), lengthOf(edges)) > MOST.connections;

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
