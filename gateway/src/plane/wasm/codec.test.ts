import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCodec } from './codec.js';

const FRAME = 960;
const ENCODER = { bitrate: 32_000, complexity: 5, fec: true, dtx: false };

afterEach(() => void vi.restoreAllMocks());

function tone(from: number, samples = FRAME): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, n) => 0.4 * Math.sin((2 * Math.PI * 440 * (from + n)) / 48_000),
  );
}

const rms = (pcm: Float32Array) => Math.hypot(...pcm) / Math.sqrt(pcm.length);

describe('the codec without the addon', () => {
  it('gives back at its level what it was given', async () => {
    const codec = await createCodec({ sampleRate: 48_000, channels: 1 }, ENCODER);
    const packet = new Uint8Array(1288);
    const pcm = new Float32Array(5760);
    for (let n = 0; n < 20; n++) {
      const bytes = codec.encode(tone(n * FRAME), packet);
      expect(bytes).toBeGreaterThan(2);
      expect(codec.decode(packet.subarray(0, bytes), pcm)).toBe(FRAME);
    }
    expect(rms(pcm.subarray(0, FRAME)) / rms(tone(0))).toBeCloseTo(1, 1);
    codec.setPacketLoss(10);
    codec.close();
  });

  it('starts anew for another stream', async () => {
    const codec = await createCodec(null, ENCODER);
    const other = await createCodec({ sampleRate: 48_000, channels: 1 }, ENCODER);
    const packet = new Uint8Array(1288);
    const pcm = new Float32Array(5760);
    const bytes = other.encode(tone(0), packet);
    const decoded = () => {
      expect(codec.decode(packet.subarray(0, bytes), pcm)).toBe(FRAME);
      return pcm.slice(0, FRAME);
    };
    const first = decoded();
    expect(decoded()).not.toEqual(first);
    await vi.waitFor(() => {
      codec.resetDecoder();
      expect(decoded()).toEqual(first);
    });
  });

  it('encodes every format of Opus, and refuses another when it is asked', async () => {
    for (const [sampleRate, channels] of [
      [8000, 1],
      [16_000, 2],
      [48_000, 2],
    ] as const) {
      const codec = await createCodec({ sampleRate, channels }, ENCODER);
      expect(codec.encode(tone(0, (sampleRate / 50) * channels), new Uint8Array(1288))).toBeGreaterThan(2);
      codec.close();
    }
    const codec = await createCodec({ sampleRate: 44_100, channels: 1 }, ENCODER);
    expect(codec.encode(tone(0, 882), new Uint8Array(1288))).toBe(-1);
  });

  it('refuses audio that does not fit', async () => {
    const codec = await createCodec({ sampleRate: 48_000, channels: 1 }, ENCODER);
    const packet = new Uint8Array(1288);
    const bytes = codec.encode(tone(0), packet);
    expect(codec.decode(packet.subarray(0, bytes), new Float32Array(480))).toBe(-1);
    codec.close();
  });
});
