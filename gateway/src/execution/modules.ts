/** Code comes from the operator: a manifest that came over the network may not name any. */
import { type Complaint, GatewayError } from '../errors.js';
import type { ManifestSource } from '../gateway.js';

/** @throws GatewayError `module_not_allowed`, naming every node with a `module`. */
export function refuseModules(manifest: ManifestSource): void {
  // What is no object is validation's to refuse.
  const nodes = (manifest as ManifestSource | null)?.['nodes'];
  if (!Array.isArray(nodes)) return;
  const complaints = nodes.flatMap((node: unknown, index): Complaint[] => {
    if (typeof node !== 'object' || node === null || !('module' in node) || node.module === null) return [];
    return [
      {
        path: `nodes[${index}].module`,
        code: 'module_not_allowed',
        message: 'names code to be loaded',
        hint: 'name a node type of the gateway, or ask its operator to add the pipeline',
      },
    ];
  });
  if (complaints.length === 0) return;
  throw new GatewayError('module_not_allowed', 'a manifest sent by a client may not name modules', {
    complaints,
  });
}
