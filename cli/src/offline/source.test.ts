import { encodeSamples, encodeWav, wavHeader } from '@remotemedia/pipeline';
import { describe, expect, it } from 'vitest';
import { openWav } from './source.js';

/** `bytes` in pieces of `size`. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += size)
    yield Buffer.from(bytes.subarray(offset, offset + size));
}

/** All samples of a mono stream, as the frames of 160 give them. */
async function readAll(bytes: Uint8Array, size: number): Promise<number[]> {
  const source = await openWav(pieces(bytes, size));
  const plane = new Float32Array(160);
  const samples: number[] = [];
  for await (const length of source.frames([plane])) samples.push(...plane.subarray(0, length));
  return samples;
}

describe('WAV source', () => {
  const ramp = Int16Array.from({ length: 500 }, (_, i) => i * 64);
  const expected = Array.from(ramp, (sample) => sample / 0x8000);

  it('gives the same samples however the bytes are cut', async () => {
    for (const size of [1, 3, 44, 320, 10_000])
      expect(await readAll(encodeWav(ramp, 16_000), size)).toEqual(expected);
  });

  it('ends at the declared length and ignores metadata behind the samples', async () => {
    const file = Buffer.concat([encodeWav(ramp, 16_000), Buffer.from('LIST\x04\x00\x00\x00abcd', 'latin1')]);
    expect(await readAll(file, 100)).toEqual(expected);
  });

  it('reads a pipe of unknown length to its end, and a file cut in mid-sample to its last whole one', async () => {
    const header = wavHeader({ sampleRate: 16_000, channels: 1, encoding: 's16' }, null);
    const data = encodeSamples([Float32Array.from(expected)], 500, 's16');
    expect(await readAll(Buffer.concat([header, data]), 77)).toEqual(expected);
    expect(await readAll(Buffer.concat([header, data.subarray(0, -1)]), 77)).toEqual(expected.slice(0, -1));
  });

  it('pads the last frame with silence', async () => {
    const source = await openWav(pieces(encodeWav(ramp, 16_000), 100));
    const plane = new Float32Array(160).fill(9);
    let last = 0;
    for await (const length of source.frames([plane])) last = length;
    expect(last).toBe(500 % 160);
    expect(plane.subarray(last)).toEqual(new Float32Array(160 - last));
  });

  it('refuses a stream that ends within its header', async () => {
    await expect(readAll(encodeWav(ramp, 16_000).subarray(0, 40), 10)).rejects.toMatchObject({
      code: 'truncated_header',
    });
    await expect(readAll(Buffer.alloc(0), 10)).rejects.toMatchObject({ code: 'truncated_header' });
  });
});
