import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WavError } from './format.js';
import { decodeSamples, parseWavHeader } from './reader.js';
import { encodeSamples, encodeWav, wavHeader } from './writer.js';

/** A file with a chunk of metadata of `junkBytes` before the samples. */
function withJunk(junkBytes: number): Buffer {
  const wav = encodeWav(new Int16Array([1, 2, 3]), 16_000);
  const chunk = Buffer.alloc(8 + junkBytes + (junkBytes & 1));
  chunk.write('LIST', 0);
  chunk.writeUInt32LE(junkBytes, 4);
  return Buffer.concat([wav.subarray(0, 36), chunk, wav.subarray(36)]);
}

function format(tag: number, bits: number, channels = 1, sampleRate = 48_000): Buffer {
  const wav = Buffer.from(wavHeader({ sampleRate, channels, encoding: 's16' }, 0));
  wav.writeUInt16LE(tag, 20);
  wav.writeUInt16LE(bits, 34);
  return wav;
}

function codeOf(bytes: Buffer): string | null {
  try {
    parseWavHeader(bytes);
    return null;
  } catch (error) {
    return error instanceof WavError ? error.code : `not a WavError: ${error}`;
  }
}

describe('WAV reader', () => {
  it('reads back what the writer wrote, in both encodings', () => {
    for (const encoding of ['s16', 'f32'] as const) {
      const planes = [Float32Array.of(0, 0.5, -1), Float32Array.of(0.25, -0.5, 0)];
      const header = wavHeader(
        { sampleRate: 44_100, channels: 2, encoding },
        6 * (encoding === 's16' ? 2 : 4),
      );
      const file = Buffer.concat([header, encodeSamples(planes, 3, encoding)]);
      const parsed = parseWavHeader(file)!;
      expect(parsed.format).toEqual({ sampleRate: 44_100, channels: 2, encoding });
      const read = [new Float32Array(3), new Float32Array(3)];
      decodeSamples(file.subarray(parsed.dataOffset), parsed.format, 3, read);
      expect(read).toEqual(planes);
    }
  });

  it('skips metadata of even and odd length', () => {
    for (const bytes of [0, 1, 26, 27]) {
      const file = withJunk(bytes);
      const { dataOffset } = parseWavHeader(file)!;
      expect([
        ...new Int16Array(file.buffer.slice(file.byteOffset + dataOffset, file.byteOffset + file.length)),
      ]).toEqual([1, 2, 3]);
    }
  });

  it('asks for more at every length of an incomplete header and never throws there', () => {
    const file = withJunk(10);
    const { dataOffset } = parseWavHeader(file)!;
    for (let length = 0; length < dataOffset; length++)
      expect(parseWavHeader(file.subarray(0, length))).toBeNull();
  });

  it('takes the size that a pipe leaves in the header as unknown', () => {
    expect(
      parseWavHeader(wavHeader({ sampleRate: 8_000, channels: 1, encoding: 's16' }, null))?.dataBytes,
    ).toBeNull();
  });

  it('names what is wrong with a file', () => {
    expect(codeOf(Buffer.from('ID3\x04\x00\x00'))).toBe('not_wav');
    expect(codeOf(Buffer.from('RIFF\x00\x00\x00\x00AVI LIST'))).toBe('not_wav');
    expect(codeOf(format(1, 12))).toBe('unsupported_encoding');
    expect(codeOf(format(85, 0))).toBe('unsupported_encoding');
    expect(codeOf(format(1, 16, 0))).toBe('bad_format');
    expect(codeOf(format(1, 16, 1, 0))).toBe('bad_format');
  });

  it('reads every sample width at full scale', () => {
    const cases: [number, number, Buffer, number][] = [
      [1, 8, Buffer.of(0), -1],
      [1, 16, Buffer.of(0, 0x80), -1],
      [1, 24, Buffer.of(0, 0, 0x80), -1],
      [1, 32, Buffer.of(0, 0, 0, 0x80), -1],
      [1, 24, Buffer.of(0, 0, 0x40), 0.5],
    ];
    for (const [tag, bits, sample, expected] of cases) {
      const { format: parsed } = parseWavHeader(format(tag, bits))!;
      const plane = new Float32Array(1);
      decodeSamples(sample, parsed, 1, [plane]);
      expect(plane[0], `${bits} bits`).toBe(expected);
    }
  });

  it('answers any bytes with a header, a wish for more, or a WavError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, riff) => {
        const prefix = riff
          ? Buffer.from('RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00', 'latin1')
          : Buffer.alloc(0);
        expect(codeOf(Buffer.concat([prefix, bytes])) ?? '').not.toContain('not a WavError');
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('WAV writer', () => {
  it('clips what is beyond full scale', () => {
    const bytes = encodeSamples([Float32Array.of(2, -2, 1)], 3, 's16');
    expect([...new Int16Array(bytes.buffer)]).toEqual([32767, -32768, 32767]);
  });
});
