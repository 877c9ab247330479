/** What a node gives, item by item, each looked at before anybody else sees it. */
import type { Item } from '../item.js';
import { isItem, itemFault } from '../item-fault.js';
import { NodeFailure, type NodeOutput } from './external-node.js';

/** Hands over the items of an output in order; `give` may make the node wait. Synchronous as long as everything is. */
export function deliver(
  output: NodeOutput,
  give: (item: Item) => Promise<void> | undefined,
): Promise<void> | undefined {
  if (output === undefined) return undefined;
  if (isItem(output)) return give(checked(output));
  if (typeof output === 'object' && output !== null) {
    if (Symbol.asyncIterator in output || Symbol.iterator in output) return deliverAll(output, give);
  }
  throw nonsense('what it gave is neither an item nor a list of items');
}

async function deliverAll(
  items: Iterable<Item> | AsyncIterable<Item>,
  give: (item: Item) => Promise<void> | undefined,
): Promise<void> {
  for await (const item of items) {
    const waits = give(checked(item));
    if (waits) await waits;
  }
}

/** @throws NodeFailure `invalid_output` */
function checked(item: unknown): Item {
  const fault = itemFault(item);
  if (fault) throw nonsense(`it gave ${fault}`);
  const sound = item as Item;
  const planes = sound.kind === 'event' ? sound.audio?.planes : sound.kind === 'audio' ? sound.planes : [];
  // Of what comes in the graph makes sense; what a node has computed is its own to answer for.
  if (planes?.some((plane) => plane.some((sample) => !Number.isFinite(sample))))
    throw nonsense('it gave samples that are not finite');
  return sound;
}

function nonsense(message: string): NodeFailure {
  return new NodeFailure('permanent', 'invalid_output', message);
}
