/** Code comes from the operator: a manifest that came over the network may not name any. */
import { isNativeError } from '@remotemedia/native-dsp';
import { invalidManifest, type NodeHost } from '@remotemedia/pipeline';
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

/**
 * Opens a client's manifest. Where it names a node that only the operator's may, it is told that, not that there is none.
 * @param hosts who brings those along.
 * @throws what `open` throws; GatewayError `invalid_manifest`.
 */
export function openForClient<T>(manifest: ManifestSource, hosts: readonly NodeHost[], open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!isNativeError(error) || error.code !== 'invalid_manifest') throw error;
    const types = new Set<unknown>(
      hosts.flatMap(({ specs }) => specs.flatMap(({ node_type, aliases = [] }) => [node_type, ...aliases])),
    );
    const told = (error.complaints ?? []).map((complaint) => {
      const node_type = typeAt(manifest, complaint.path);
      if (complaint.code !== 'unknown_node_type' || !types.has(node_type)) return complaint;
      return {
        ...complaint,
        code: 'node_not_allowed',
        message: `${node_type} runs in an interpreter of its own, which a manifest sent by a client may not start`,
        hint: 'Ask the operator to add the pipeline, and name it',
      };
    });
    const { message } = invalidManifest(told);
    throw new GatewayError('invalid_manifest', message, { complaints: told, cause: error });
  }
}

/** The type to which the path of a complaint leads; what a client sends may be anything, null included. */
function typeAt(manifest: unknown, path: string): unknown {
  const index = Number(/^nodes\[(\d+)\]\.node_type$/.exec(path)?.[1]);
  const { nodes } = (manifest ?? {}) as { nodes?: readonly { node_type?: unknown }[] };
  return nodes?.[index]?.node_type;
}
