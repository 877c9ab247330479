import { describe, expect, it } from 'vitest';
import { OpusPacketDecoder, OpusPacketEncoder } from './opus-stream.js';

const tone = (samples: number, hz: number, rate: number) =>
  Float32Array.from({ length: samples }, (_, index) => Math.sin((2 * Math.PI * hz * index) / rate) / 2);
const rms = (plane: Float32Array) => Math.sqrt(plane.reduce((sum, x) => sum + x * x, 0) / plane.length);

describe('Opus packets', () => {
  it.each([1, 2] as const)('carry a tone in %i channels through, however it is cut', async (channels) => {
    const encoder = await OpusPacketEncoder.create(16_000, channels);
    const decoder = await OpusPacketDecoder.create(channels);
    const plane = tone(16_000, 440, 16_000);
    const packets: Uint8Array[] = [];
    for (let from = 0; from < plane.length; from += 441) {
      const planes = Array.from({ length: channels }, () => plane.subarray(from, from + 441));
      packets.push(...encoder.encode({ kind: 'audio', planes, sampleRate: 16_000 }));
    }
    packets.push(...encoder.flush());
    expect(packets).toHaveLength(50);
    const decoded = packets.map((packet) => decoder.decode(packet)!);
    for (const { planes, sampleRate } of decoded.slice(5)) {
      expect(sampleRate).toBe(48_000);
      expect(planes.map(({ length }) => length)).toEqual(Array(channels).fill(960));
      for (const one of planes) expect(rms(one)).toBeCloseTo(0.354, 1);
    }
    expect(encoder.flush()).toEqual([]);
    encoder.close();
    decoder.close();
  });

  it('that are none are told from those that are, and do no harm', async () => {
    const encoder = await OpusPacketEncoder.create(48_000, 1);
    const decoder = await OpusPacketDecoder.create(1);
    const [packet] = encoder.encode({ kind: 'audio', planes: [tone(960, 300, 48_000)], sampleRate: 48_000 });
    for (const bad of [[], [3], [255, 255, 255]])
      expect(decoder.decode(Uint8Array.from(bad))).toBeUndefined();
    expect(decoder.decode(packet!)?.planes[0]).toHaveLength(960);
    encoder.close();
    decoder.close();
  });
});
