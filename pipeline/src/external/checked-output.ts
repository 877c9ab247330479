/** What a node gives, item by item, each looked at before anybody else sees it. */
import type { Item } from '../item.js';
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

/** Whether it says of itself that it is one; what kind, {@link deliver} checks. */
export function isItem(output: unknown): output is Item {
  return typeof output === 'object' && output !== null && 'kind' in output;
}

/** @throws NodeFailure `invalid_output` */
function checked(item: unknown): Item {
  if (!isItem(item)) throw nonsense('it gave something that is no item');
  switch (item.kind) {
    case 'audio':
      return checkedAudio(item);
    case 'value':
      if (item.value === undefined || !isJson(item.value)) throw nonsense('it gave a value that is not JSON');
      return item;
    case 'event':
      if (typeof item.event?.type !== 'string') throw nonsense('it gave an event without a type');
      if (item.audio) checkedAudio(item.audio);
      return item;
    case 'binary':
      if (!(item.data instanceof Uint8Array)) throw nonsense('it gave bytes that are no Uint8Array');
      return item;
    default:
      throw nonsense(`it gave an item of the kind ${String((item as Item).kind)}`);
  }
}

function checkedAudio(item: Extract<Item, { kind: 'audio' }>): Item {
  const length = item.planes?.[0]?.length;
  if (
    length === undefined ||
    item.planes.some((plane) => !(plane instanceof Float32Array) || plane.length !== length)
  ) {
    throw nonsense('it gave audio whose planes are not Float32Arrays of one length');
  }
  if (!(item.sampleRate > 0)) throw nonsense('it gave audio without a sample rate');
  if (item.planes.some((plane) => plane.some((sample) => !Number.isFinite(sample)))) {
    throw nonsense('it gave samples that are not finite');
  }
  return item;
}

/** Deep, for everything else would fail later and elsewhere. */
function isJson(value: unknown, depth = 0): boolean {
  if (depth > 64) return false;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((item) => isJson(item, depth + 1));
}

function nonsense(message: string): NodeFailure {
  return new NodeFailure('permanent', 'invalid_output', message);
}
