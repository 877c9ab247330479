/** Which pipeline a request wants and what goes in, in the terms of the execution service. */
import type { ExecutionInput, ExecutionRequest, ManifestSource } from '@remotemedia/gateway';
import { RequestError } from '../errors.js';
import { refuseDepth } from '../execute/item-codec.js';
import { fromBuffer } from './data-buffer.js';
import type { DataBuffer, PipelineChoice, PipelineManifest } from './messages.js';

export const PROTOCOL_VERSION = 'v1';

export const isCompatible = (clientVersion: string): boolean => /^(v?1(\..*)?)?$/.test(clientVersion);

/** @throws RequestError `invalid_request`, `invalid_json`, `version_mismatch`. */
export function executionRequest(choice: PipelineChoice): ExecutionRequest {
  const { manifest, manifest_json, pipeline, client_version } = choice;
  if (!isCompatible(client_version)) {
    throw new RequestError(
      'version_mismatch',
      `This gateway speaks ${PROTOCOL_VERSION}, not ${client_version}`,
    );
  }
  if ([manifest, manifest_json, pipeline].filter(Boolean).length > 1) {
    throw new RequestError('invalid_request', 'Give one of manifest, manifest_json and pipeline');
  }
  const inline = manifest_json ? parse(manifest_json, 'manifest_json') : undefined;
  refuseDepth(inline);
  const timeoutMs = choice.resource_limits?.max_timeout_ms ?? 0;
  return {
    transport: 'grpc',
    ...(manifest && { manifest: fromManifest(manifest) }),
    ...(inline !== undefined && { manifest: inline as ManifestSource }),
    ...(pipeline && { pipeline }),
    ...(timeoutMs > 0 && { timeoutMs }),
  };
}

/** @throws RequestError `invalid_input`, `payload_too_large` where the client's own limit is exceeded. */
export function inputsOf(choice: PipelineChoice, inputs: readonly DataBuffer[] = []): ExecutionInput[] {
  const addressed = Object.entries(choice.data_inputs).map(([nodeId, buffer]) => inputFor(nodeId, buffer));
  const all = [...addressed, ...inputs.map((buffer) => ({ item: fromBuffer(buffer) }))];
  const limit = choice.resource_limits?.max_audio_samples ?? 0;
  const samples = all.reduce((sum, { item }) => sum + samplesIn(item), 0);
  if (limit > 0 && samples > limit) {
    throw new RequestError(
      'payload_too_large',
      `${samples} samples are more than max_audio_samples, ${limit}`,
    );
  }
  return all;
}

export const inputFor = (nodeId: string, buffer: DataBuffer): ExecutionInput => ({
  item: fromBuffer(buffer),
  ...(nodeId !== '' && { nodeId }),
});

const samplesIn = (item: ExecutionInput['item']): number =>
  item.kind === 'audio' ? item.planes.length * (item.planes[0]?.length ?? 0) : 0;

function fromManifest({ version, metadata, nodes, connections }: PipelineManifest): ManifestSource {
  return {
    version,
    metadata: {
      name: metadata?.name ?? '',
      ...(metadata?.description && { description: metadata.description }),
    },
    nodes: nodes.map(({ id, node_type, params, is_output_node }, index) => ({
      id,
      node_type,
      ...(params !== '' && { params: parse(params, `nodes[${index}].params`) }),
      ...(is_output_node && { is_output_node }),
    })),
    connections: connections.map(({ from, to }) => ({ from, to })),
  };
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new RequestError('invalid_json', `${path} is not JSON`);
  }
}
