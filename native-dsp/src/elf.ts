/** Linux maps a library without looking at its length: one that was cut off kills the process at the first page that is not there. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MAGIC = 0x7f454c46;
const HEADER_BYTES = 64;
const BITS_64 = 2;

/** Whether it is a library of Linux (ELF, 64 bits) whose table of sections, the last thing in it, is not all there. */
export function isCutOff(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    const isElf = readSync(file, header) === HEADER_BYTES && header.readUInt32BE(0) === MAGIC;
    if (!isElf || header[4] !== BITS_64) return false;
    const tableBytes = header.readUInt16LE(0x3a) * header.readUInt16LE(0x3c);
    return fstatSync(file).size < Number(header.readBigUInt64LE(0x28)) + tableBytes;
  } finally {
    closeSync(file);
  }
}
