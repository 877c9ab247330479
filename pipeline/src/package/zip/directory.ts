/**
 * The directory of a ZIP archive (PKWARE APPNOTE 6.3.10), read strictly: what two readers could understand in two ways is refused. The sizes
 * that it claims are checked against the limits here, before anything is unpacked; whether they are true is found out while it is.
 */
import { PackageError } from '../errors.js';
import type { PackageLimits } from '../limits.js';
import { decodeName } from './name.js';

export interface ZipEntry {
  readonly name: string;
  readonly isStored: boolean;
  readonly crc32: number;
  readonly unpackedBytes: number;
  /** As they lie in the archive. */
  readonly packed: Uint8Array;
}

const END_BYTES = 22;
const MOST_COMMENT_BYTES = 0xffff;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [STORED, DEFLATED] = [0, 8];
/** General purpose bits: encrypted; sizes stand behind the data. */
const [ENCRYPTED, DESCRIPTOR] = [1 << 0, 1 << 3];

/** @throws PackageError `not_a_package`, `package_too_large`, `invalid_entry`. */
export function readDirectory(bytes: Uint8Array, limits: PackageLimits): ZipEntry[] {
  if (bytes.length > limits.packedBytes)
    throw tooLarge(`${bytes.length} bytes, where ${limits.packedBytes} are allowed`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, start, end } = findDirectory(view);
  if (count > limits.entries) throw tooLarge(`${count} entries, where ${limits.entries} are allowed`);
  const records = new Map<string, { record: CentralRecord; from: number; to: number }>();
  let at = start;
  let unpackedBytes = 0;
  for (let index = 0; index < count; index++) {
    const record = readCentral(bytes, view, at, end);
    at = record.end;
    unpackedBytes += record.unpackedBytes;
    if (unpackedBytes > limits.unpackedBytes)
      throw tooLarge(`more than ${limits.unpackedBytes} bytes unpacked`);
    if (records.has(record.name)) throw invalid(record.name, 'stands there twice');
    records.set(record.name, { record, ...locate(bytes, view, record, start) });
  }
  if (at !== end) throw damaged('its directory is not as long as it says');
  refuseOverlaps([...records.values()]);
  return [...records.values()].map(({ record, from, to }) => ({
    ...record,
    packed: bytes.subarray(from, to),
  }));
}

function findDirectory(view: DataView): { count: number; start: number; end: number } {
  const lowest = Math.max(0, view.byteLength - END_BYTES - MOST_COMMENT_BYTES);
  for (let at = view.byteLength - END_BYTES; at >= lowest; at--) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_BYTES + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const [disk, firstDisk] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
    const [onDisk, count] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const [size, start] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
    if (disk !== 0 || firstDisk !== 0 || onDisk !== count) throw damaged('it is one of several parts');
    if (count === 0xffff || start === 0xffffffff) throw damaged('it is ZIP64, which no package needs');
    if (start + size !== at) throw damaged('its directory is not where it should be');
    return { count, start, end: at };
  }
  throw new PackageError('not_a_package', 'it is no ZIP archive, or not all of one');
}

interface CentralRecord extends Omit<ZipEntry, 'packed'> {
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly localAt: number;
  readonly rawName: Uint8Array;
  /** Where the next record begins. */
  readonly end: number;
}

function readCentral(bytes: Uint8Array, view: DataView, at: number, limit: number): CentralRecord {
  if (at + CENTRAL_BYTES > limit || view.getUint32(at, true) !== CENTRAL)
    throw damaged('its directory breaks off');
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((it) => view.getUint16(at + it, true)) as [
    number,
    number,
    number,
  ];
  const nameAt = at + CENTRAL_BYTES;
  const end = nameAt + nameBytes + extraBytes + commentBytes;
  if (end > limit) throw damaged('its directory breaks off');
  const rawName = bytes.subarray(nameAt, nameAt + nameBytes);
  const name = decodeName(rawName);
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  if (flags & ENCRYPTED) throw invalid(name, 'is encrypted');
  if (method !== STORED && method !== DEFLATED)
    throw invalid(name, 'is packed by something else than Deflate');
  const isStored = method === STORED;
  const [packedBytes, unpackedBytes] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
  if (isStored && packedBytes !== unpackedBytes) throw invalid(name, 'is not packed, yet of two sizes');
  const [crc32, localAt] = [view.getUint32(at + 16, true), view.getUint32(at + 42, true)];
  return { name, isStored, crc32, unpackedBytes, flags, method, packedBytes, localAt, rawName, end };
}

/** Where its bytes are. What the header in front of them says must be what the directory says. */
function locate(
  bytes: Uint8Array,
  view: DataView,
  { name, rawName, localAt, flags, method, crc32, packedBytes, unpackedBytes }: CentralRecord,
  limit: number,
): { from: number; to: number } {
  if (localAt + LOCAL_BYTES > limit || view.getUint32(localAt, true) !== LOCAL)
    throw invalid(name, 'is not where the directory says');
  const nameAt = localAt + LOCAL_BYTES;
  const from = nameAt + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true);
  const to = from + packedBytes;
  if (to > limit) throw invalid(name, 'goes on beyond the end of the archive');
  const localName = bytes.subarray(nameAt, nameAt + view.getUint16(localAt + 26, true));
  const isSame =
    localName.length === rawName.length &&
    localName.every((byte, index) => byte === rawName[index]) &&
    view.getUint16(localAt + 6, true) === flags &&
    view.getUint16(localAt + 8, true) === method;
  const told = [14, 18, 22].map((it) => view.getUint32(localAt + it, true));
  // Where they stand behind the data, those in front are zero; some writers have them in both places.
  const isSizeSame = [crc32, packedBytes, unpackedBytes].every(
    (value, index) => told[index] === value || (flags & DESCRIPTOR && told[index] === 0),
  );
  if (!isSame || !isSizeSame) throw invalid(name, 'is described in two ways');
  return { from, to };
}

/** Entries that share bytes unpack to a thousand times of what the archive has. */
function refuseOverlaps(found: readonly { record: CentralRecord; to: number }[]): void {
  const inOrder = [...found].sort((a, b) => a.record.localAt - b.record.localAt);
  for (const [index, { record }] of inOrder.entries())
    if (index > 0 && record.localAt < inOrder[index - 1]!.to)
      throw invalid(record.name, 'shares its bytes with another');
}

const damaged = (reason: string) =>
  new PackageError('not_a_package', `it is no sound ZIP archive: ${reason}`);
const tooLarge = (what: string) => new PackageError('package_too_large', `it has ${what}`);
const invalid = (name: string, fault: string) =>
  new PackageError('invalid_entry', `the entry ${name} ${fault}`);
