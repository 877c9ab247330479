/** The bytes of an entry. A size that was a lie ends the unpacking where it shows. */
import { Inflate } from 'fflate';
import { PackageError } from '../errors.js';
import { crc32 } from './crc32.js';
import type { ZipEntry } from './directory.js';

/** Deflate makes at most 1032 bytes of one: what comes of a step is looked at before the next one. */
const STEP_BYTES = 4096;

/** @throws PackageError `invalid_entry` */
export function unpack(entry: ZipEntry): Uint8Array<ArrayBuffer> {
  const bytes = entry.isStored ? entry.packed.slice() : inflated(entry);
  if (crc32(bytes) !== entry.crc32) throw damaged(entry.name, 'its checksum (CRC-32) is another');
  return bytes as Uint8Array<ArrayBuffer>;
}

function inflated({ name, packed, unpackedBytes }: ZipEntry): Uint8Array {
  const whole = new Uint8Array(unpackedBytes);
  let length = 0;
  const inflate = new Inflate((piece) => {
    if (length + piece.length > unpackedBytes) throw damaged(name, `it has more than ${unpackedBytes} bytes`);
    whole.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += STEP_BYTES)
      inflate.push(packed.subarray(at, at + STEP_BYTES), at + STEP_BYTES >= packed.length);
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    throw damaged(name, (cause as Error).message, cause);
  }
  if (length !== unpackedBytes) throw damaged(name, `it has ${length} bytes instead of ${unpackedBytes}`);
  return whole;
}

const damaged = (name: string, reason: string, cause?: unknown) =>
  new PackageError('invalid_entry', `the entry ${name} is not what it says: ${reason}`, [], { cause });
