/** The functions on whole arrays give the same on both runtimes: conversions bit for bit, spectrograms within a tolerance. */
import { loadNative, type SampleFormat, type Samples } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';
import { wasm } from './module.js';
import { vectorFor } from './vector.js';

const native = loadNative();
const FORMATS: readonly SampleFormat[] = ['f32', 'i16', 'i32'];
/** Silence, speech, full scale and beyond, numbers that are none: more than the module converts at once, by an odd count. */
const wild = vectorFor({ sampleRate: 16_000, channels: 1 })[0]!.subarray(1, 100_000);
const loud = wild.map((sample) => sample * 1.5);

const bytesOf = ({ buffer, byteOffset, byteLength }: Samples) => Buffer.from(buffer, byteOffset, byteLength);

describe.each(FORMATS)('samples in %s', (from) => {
  const inputs = [wild, loud].map((samples) => native.convertSamples(samples, from));

  it.each(FORMATS)('become the same in %s', (to) => {
    for (const input of inputs) {
      const expected = native.convertSamples(input, to);
      const converted = wasm.convertSamples(input, to);
      expect(converted.constructor).toBe(expected.constructor);
      expect(bytesOf(converted).equals(bytesOf(expected))).toBe(true);
      const output = expected.slice().fill(7);
      wasm.convertSamplesInto(input, output);
      expect(bytesOf(output).equals(bytesOf(expected))).toBe(true);
    }
  });
});

it('samples that are no numbers become the same', () => {
  const odd = Float32Array.of(
    Number.NaN,
    Infinity,
    -Infinity,
    3e38,
    1e-42,
    -0,
    1,
    -1,
    0.5 / 32_768,
    1.5 / 32_768,
  );
  for (const to of FORMATS)
    expect(bytesOf(wasm.convertSamples(odd, to))).toEqual(bytesOf(native.convertSamples(odd, to)));
});

describe('logMelSpectrogram', () => {
  it.each([80, 128] as const)('of %i bands gives the same on both runtimes', (mels) => {
    // Silence is as far below speech as is told of at all.
    for (const samples of [loadFixture('speech-noisy').samples, wild])
      for (const length of [0, 100, 16_000, 80_123]) {
        const [ours, theirs] = [native, wasm].map((it) =>
          it.logMelSpectrogram(samples.slice(0, length), mels),
        );
        expect(theirs).toHaveLength(mels * Math.floor(length / 160));
        expect(theirs!.length).toBe(ours!.length);
        const worst = ours!.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs![i]!)), 0);
        expect(worst).toBeLessThanOrEqual(1e-5);
      }
  });
});

it('the same mistakes are refused by the same words', () => {
  const buffer = new ArrayBuffer(64);
  const [float, short] = [new Float32Array(buffer, 0, 8), new Int16Array(buffer, 16, 8)];
  const refusals = [native, wasm].map((it) =>
    [
      () => it.convertSamplesInto(float, short),
      () => it.convertSamplesInto(float, new Int16Array(7)),
      () => it.convertSamples(float, 'u8' as SampleFormat),
      () => it.logMelSpectrogram(float, 64 as 80),
    ].map((action) => {
      try {
        action();
        return 'taken';
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return `${code}: ${message}`;
      }
    }),
  );
  expect(refusals[1]).toEqual(refusals[0]);
  expect(refusals[0]!.every((text) => text.startsWith('invalid_options: '))).toBe(true);
  expect(() => wasm.convertSamples([1, 2] as unknown as Samples, 'i16')).toThrow();
});
