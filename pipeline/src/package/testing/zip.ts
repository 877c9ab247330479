/** ZIP archives by hand, with whatever lies a test wants in them. */
import { deflateSync } from 'fflate';
import { crc32 } from '../zip/crc32.js';

export interface HandmadeEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** Default: deflated. */
  readonly method?: number;
  readonly flags?: number;
  /** What the directory and the header say, where that is not the truth. */
  readonly unpackedBytes?: number;
  readonly packedBytes?: number;
  readonly crc32?: number;
  /** What the header in front of the data says otherwise than the directory. */
  readonly local?: { readonly name?: string; readonly unpackedBytes?: number };
  /** Where it is said to be; nothing is written for it then. */
  readonly startsAt?: number;
}

export interface HandmadeEnd {
  readonly count?: number;
  readonly comment?: string;
}

const encoder = new TextEncoder();

export function handmade(entries: readonly HandmadeEntry[], { count, comment = '' }: HandmadeEnd = {}) {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const add = (piece: Uint8Array) => {
    pieces.push(piece);
    at += piece.length;
  };
  for (const entry of entries) {
    const { content = '', method = 8, flags = 0, local = {}, startsAt } = entry;
    const data = typeof content === 'string' ? encoder.encode(content) : content;
    const packed = method === 8 ? deflateSync(data) : data;
    const header = [
      u16(20),
      u16(flags),
      u16(method),
      u32(0x0021_0000),
      u32(entry.crc32 ?? crc32(data)),
      u32(entry.packedBytes ?? packed.length),
    ];
    const size = entry.unpackedBytes ?? data.length;
    const name = encoder.encode(entry.name);
    const start = startsAt ?? at;
    if (startsAt === undefined) {
      const localName = encoder.encode(local.name ?? entry.name);
      add(
        joined(u32(0x04034b50), ...header, u32(local.unpackedBytes ?? size), u16(localName.length), u16(0)),
      );
      add(localName);
      add(packed);
    }
    const [none16, none32] = [u16(0), u32(0)];
    const tail = [u16(name.length), none16, none16, none16, none16, none32, u32(start), name];
    directory.push(joined(u32(0x02014b50), u16(20), ...header, u32(size), ...tail));
  }
  const records = joined(...directory);
  const number = u16(count ?? entries.length);
  const note = encoder.encode(comment);
  const end = joined(u32(0x06054b50), u32(0), number, number, u32(records.length), u32(at), u16(note.length));
  return joined(...pieces, records, end, note);
}

function joined(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const u16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >>> 8);
const u32 = (value: number): Uint8Array => joined(u16(value & 0xffff), u16(value >>> 16));
