/**
 * How a message lies in memory: little-endian u32 of the whole length, u32 of the header's length, the header (JSON, UTF-8), zeros up to a
 * multiple of eight, and at most one buffer.
 */

/** A message longer than this is refused, in both directions. */
export const MAX_MESSAGE_BYTES = 64 << 20;
export const PREFIX_BYTES = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A header with the parts of its buffer, which are copied once, into the message.
 * @param tooLarge what is thrown beyond {@link MAX_MESSAGE_BYTES}.
 */
export function seal(
  header: object,
  parts: readonly ArrayBufferView[],
  tooLarge: (bytes: number) => Error,
): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(JSON.stringify(header));
  const bufferStart = alignedEnd(text.length);
  const total = parts.reduce((sum, part) => sum + part.byteLength, bufferStart);
  if (total > MAX_MESSAGE_BYTES) throw tooLarge(total);
  const bytes = new Uint8Array(total);
  const prefix = new DataView(bytes.buffer);
  prefix.setUint32(0, total, true);
  prefix.setUint32(4, text.length, true);
  bytes.set(text, PREFIX_BYTES);
  let offset = bufferStart;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return bytes;
}

/**
 * The header and, as a view, the buffer.
 * @throws Error where the message is none.
 */
export function unseal(message: Uint8Array<ArrayBuffer>): {
  header: unknown;
  buffer: Uint8Array<ArrayBuffer>;
} {
  const prefix = new DataView(message.buffer, message.byteOffset, PREFIX_BYTES);
  const headerBytes = prefix.getUint32(4, true);
  if (prefix.getUint32(0, true) !== message.length || PREFIX_BYTES + headerBytes > message.length)
    throw new Error('lengths of the message disagree');
  const text = decoder.decode(message.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  return { header: JSON.parse(text), buffer: message.subarray(alignedEnd(headerBytes)) };
}

/** Where the buffer begins, so that floats in it are aligned. */
function alignedEnd(headerBytes: number): number {
  return (PREFIX_BYTES + headerBytes + 7) & ~7;
}
