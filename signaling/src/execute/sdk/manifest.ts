/** Manifests as clients of the SDK send them: in whichever dialect. */
import type { ExecutionRequest } from '@remotemedia/gateway';
import { type ImportNote, importManifest } from '@remotemedia/pipeline/import';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { RequestError } from '../../errors.js';
import { requestOf } from '../execute.js';

export interface SdkRequest {
  readonly request: ExecutionRequest;
  /** What was rewritten. */
  readonly notes: readonly ImportNote[];
}

/**
 * What is manifest v1 already goes on as it is.
 * @throws RequestError `invalid_manifest` with everything that cannot be taken over.
 */
export function sdkRequest(manifest: Record<string, unknown> | undefined): SdkRequest {
  if (manifest === undefined) return { request: requestOf({}), notes: [] };
  const result = importManifest(manifest, { externals: PYTHON_NODE_SPECS });
  const { notes } = result;
  if (notes.length === 0) return { request: requestOf({ manifest }), notes };
  if (result.ok) return { request: requestOf({ manifest: { ...result.manifest } }), notes };
  const { complaints } = result;
  const first = complaints[0]!;
  throw new RequestError('invalid_manifest', `${first.path}: ${first.message} ${first.hint}`, { complaints });
}
