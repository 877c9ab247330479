/** What a caller hands to a runtime, checked where it comes in: whether it is of the kind that it must be. Values are Rust's to judge. */
import { nativeError } from './errors.js';

type ArrayName = 'Float32Array' | 'Int16Array' | 'Int32Array';

/** @throws NativeError `invalid_options` */
export function expectSamples(name: string, value: unknown, ...kinds: readonly ArrayName[]): void {
  const found = nameOf(value);
  if ((kinds as readonly string[]).includes(found)) return;
  const [last] = kinds.slice(-1);
  const expected = kinds.length === 1 ? last : `${kinds.slice(0, -1).join(', ')} or ${last}`;
  const isConvertible = kinds.length === 1 && (found === 'Int16Array' || found === 'Int32Array');
  const hint = isConvertible ? '; convertSamples makes one of it' : '';
  throw mistake(`${name} must be a ${expected}, not ${found}${hint}`);
}

/** @throws NativeError `invalid_options` */
export function expectNumber(name: string, value: unknown): void {
  if (typeof value !== 'number') throw mistake(`${name} must be a number, not ${nameOf(value)}`);
}

/** Of 32 bits, as counts of samples and nodes are. @throws NativeError `invalid_options` */
export function expectCount(name: string, value: unknown): void {
  expectNumber(name, value);
  if ((value as number) >>> 0 === value) return;
  throw mistake(`${name} is ${value}; it must be a whole number from 0 to 4294967295`);
}

/** On a timeline; negative: on none. @throws NativeError `invalid_options` */
export function expectPosition(name: string, value: unknown): void {
  expectNumber(name, value);
  if (Math.abs(value as number) <= Number.MAX_SAFE_INTEGER) return;
  throw mistake(`${name} is ${value}; it must be a number of samples that a timeline can have`);
}

/** @throws NativeError `invalid_options` */
export function expectText(name: string, value: unknown): void {
  if (typeof value !== 'string') throw mistake(`${name} must be a text, not ${nameOf(value)}`);
}

/** @throws NativeError `invalid_options` */
export function expectOptions(value: unknown): void {
  if (typeof value !== 'object' || value === null)
    throw mistake(`options must be an object, not ${nameOf(value)}`);
}

/** A frame that is the same array for ever, unless somebody has sent it away. @throws NativeError `invalid_options` */
export function expectFrame(name: string, { length }: Float32Array, expected: number): void {
  if (length !== expected) throw mistake(`the memory of ${name} was given away; nothing runs without it`);
}

/** For people. */
function nameOf(value: unknown): string {
  if (ArrayBuffer.isView(value) && isDetached(value)) return 'an array whose memory was given away';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Sent elsewhere with `postMessage`: then it has no samples, and that is not the same as silence. */
function isDetached({ buffer, byteLength }: ArrayBufferView): boolean {
  if (byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

function mistake(message: string): Error {
  return nativeError('invalid_options', message);
}
