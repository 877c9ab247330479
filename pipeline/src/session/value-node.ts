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
      // Only nodes that pass on whatever they get are connected to anything but values and events.
      if (item.kind === 'audio' || item.kind === 'binary') return item;
      // In a list of one, for a list is run value by value.
      const input = JSON.stringify([inputOf(item)]);
      try {
        return { kind: 'value', value: JSON.parse(pipeline.execute(input)).outputs };
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

function inputOf(item: Extract<Item, { kind: 'value' | 'event' }>): unknown {
  return item.kind === 'value' ? item.value : item.event;
}

/** What the runtime says of a value is about the input; the rest is its own. */
function failureOf(error: unknown): unknown {
  if (!isNativeError(error)) return error;
  const errorClass = error.code === 'node_panicked' ? 'internal' : 'invalid_input';
  return new NodeFailure(errorClass, error.code, error.message, { cause: error });
}
