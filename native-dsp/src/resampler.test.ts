/** The resampler across the boundary; its sound is judged in Rust, `core/src/dsp/resampler.rs`. */
import { describe, expect, test } from 'vitest';
import { isNativeError, loadNative, loadWasmFile } from './index.js';

const tone = (hz: number, sampleRate: number, samples: number) =>
  Float32Array.from({ length: samples }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / sampleRate));

const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (isNativeError(error)) return error.code;
    throw error;
  }
  return undefined;
};

describe.each([
  ['natively', loadNative()],
  ['on WebAssembly', loadWasmFile()],
])('%s', (_, { Resampler }) => {
  test('a tone keeps its level, pitch and place', () => {
    const resampler = new Resampler({ fromHz: 44_100, toHz: 16_000, channels: 1 });
    const output = resampler.convert(tone(1_000, 44_100, 44_100));
    const expected = tone(1_000, 16_000, 16_000);
    expect(output).toHaveLength(16_000);
    // The edges ring, as the signal begins and ends there.
    for (let n = 500; n < 15_500; n++) expect(output[n]).toBeCloseTo(expected[n]!, 5);
  });

  test('interleaved channels stay apart, and an array that is there already is filled', () => {
    const resampler = new Resampler({ fromHz: 48_000, toHz: 16_000, channels: 2, layout: 'interleaved' });
    const left = tone(440, 48_000, 4_800);
    const input = Float32Array.from({ length: 9_600 }, (_, n) => (n % 2 ? 0 : left[n / 2]!));
    const output = new Float32Array(2 * resampler.outputSamples(4_800));
    resampler.convertInto(input, output);
    expect(output).toEqual(resampler.convert(input));
    expect(output[2 * 800]).toBeCloseTo(tone(440, 16_000, 801)[800]!, 4);
    for (let n = 1; n < output.length; n += 2) expect(Math.abs(output[n]!)).toBeLessThan(1e-6);
  });

  test('mistakes are refused with a code', () => {
    const options = { fromHz: 48_000, toHz: 16_000, channels: 2 };
    const resampler = new Resampler(options);
    const memory = new Float32Array(1_000);
    const mistakes = [
      () => new Resampler({ ...options, toHz: 0 }),
      () => new Resampler({ ...options, layout: 'diagonal' as 'planar' }),
      () => resampler.convert(new Float32Array(7)),
      () => resampler.convertInto(new Float32Array(600), new Float32Array(199)),
      () => resampler.convertInto(memory.subarray(0, 600), memory.subarray(500, 700)),
    ];
    expect(mistakes.map(codeOf)).toEqual(mistakes.map(() => 'invalid_options'));
  });
});
