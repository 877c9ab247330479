/** A node of the catalogue that works on JSON values, as a node on items. */
import { isNativeError, type OfflineRuntime, type PlannedPart } from '@remotemedia/native-dsp';
import { type ExternalNode, NodeFailure } from '../external/external-node.js';
import type { Item } from '../item.js';

export function valueNode(part: PlannedPart, runtime: OfflineRuntime): ExternalNode {
  const node = { id: part.id, node_type: part.node_type, params: part.params };
  // Its own policy is to fail: what becomes of that is decided outside, as for every other node.
  const pipeline = new runtime.ValuePipeline(JSON.stringify({ version: 'v1', nodes: [node] }));
  return {
    process(item) {
      // In a list of one, for a list is run value by value.
      const input = JSON.stringify([valueOf(item)]);
      try {
        return { kind: 'value', value: JSON.parse(pipeline.execute(input)).outputs };
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

function valueOf(item: Item): unknown {
  if (item.kind === 'value') return item.value;
  if (item.kind === 'event') return item.event;
  throw new NodeFailure('invalid_input', 'not_a_value', `it works on JSON values, not on ${item.kind}`);
}

/** What the runtime says of a value is about the input; the rest is its own. */
function failureOf(error: unknown): unknown {
  if (!isNativeError(error)) return error;
  const errorClass = error.code === 'node_panicked' ? 'internal' : 'invalid_input';
  return new NodeFailure(errorClass, error.code, error.message, { cause: error });
}
