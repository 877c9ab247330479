/** What is wrong with what should be an item: of whoever pushes it and of nodes that give it, whom no compiler has checked. */
import type { AudioItem, Item } from './item.js';

/** Values may be as deep as this: everything that walks through them would fail later and elsewhere. */
const DEEPEST = 64;

/** Said of the thing itself, as "a value that is not JSON"; `undefined` of a sound one. */
export function itemFault(item: unknown): string | undefined {
  if (!isItem(item)) return 'something that is no item';
  switch (item.kind) {
    case 'audio':
      return audioFault(item);
    case 'value':
      return isJson(item.value)
        ? undefined
        : `a value that is not JSON: of plain objects and lists, at most ${DEEPEST} deep`;
    case 'event':
      if (typeof item.event?.type !== 'string') return 'an event without a type';
      if (!canBeSaid(item.event)) return 'an event that JSON cannot say';
      return item.audio && audioFault(item.audio);
    case 'binary':
      return isArray(item.data, 'Uint8Array') ? undefined : 'bytes that are no Uint8Array';
    default:
      return `an item of the kind ${String((item as Item).kind)}`;
  }
}

/** Whether it says of itself that it is one. */
export function isItem(output: unknown): output is Item {
  return typeof output === 'object' && output !== null && 'kind' in output;
}

export function audioFault({ planes, sampleRate, mediaTimeSamples }: AudioItem): string | undefined {
  if (!Array.isArray(planes) || !areAlike(planes))
    return 'audio whose planes are not Float32Arrays of one length';
  if (planes.length === 0) return 'audio without a plane';
  if (!(Number.isFinite(sampleRate) && sampleRate > 0)) return 'audio without a sample rate';
  const isTime =
    typeof mediaTimeSamples === 'number' && Math.abs(mediaTimeSamples) <= Number.MAX_SAFE_INTEGER;
  return mediaTimeSamples === undefined || isTime
    ? undefined
    : 'audio at a time that is no number of samples';
}

/** Holes, which `every` passes by, are no planes. */
function areAlike(planes: readonly unknown[]): boolean {
  for (const plane of planes)
    if (!isArray(plane, 'Float32Array') || plane.length !== (planes[0] as Float32Array).length) return false;
  return true;
}

/** Of whichever realm it comes from. One whose memory was sent elsewhere has lost its content, which is not the same as having none. */
function isArray(value: unknown, kind: 'Float32Array' | 'Uint8Array'): value is Float32Array | Uint8Array {
  if (Object.prototype.toString.call(value) !== `[object ${kind}]`) return false;
  const { length, buffer } = value as Float32Array;
  if (length > 0) return true;
  try {
    return new Uint8Array(buffer).length >= 0;
  } catch {
    return false;
  }
}

/** No circles, no BigInt. */
function canBeSaid(event: unknown): boolean {
  try {
    return JSON.stringify(event) !== undefined;
  } catch {
    return false;
  }
}

function isJson(value: unknown, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  if (typeof value !== 'object' || !isPlain(Object.getPrototypeOf(value))) return false;
  // A field that is undefined is none.
  return Object.values(value).every((item) => item === undefined || isJson(item, depth + 1));
}

/** The prototype of an object literal, of whichever realm, has none of its own. */
function isPlain(prototype: object | null): boolean {
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
