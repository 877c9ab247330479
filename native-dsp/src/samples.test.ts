import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadNative, loadWasmFile, type SampleFormat, type Samples } from './index.js';

const fixture = (name: string) => new URL(`../../tests/fixtures/${name}`, import.meta.url);
const FORMATS: SampleFormat[] = ['f32', 'i16', 'i32'];
const RUNTIMES = [
  ['native', loadNative()],
  ['WebAssembly', loadWasmFile()],
] as const;

describe.each(RUNTIMES)('on the %s runtime', (_, runtime) => {
  test('every format becomes every other, in a new array or in a given one', () => {
    const samples: Samples[] = [
      Float32Array.of(-1, 0, 0.5),
      Int16Array.of(-32_768, 0, 16_384),
      Int32Array.of(-(2 ** 31), 0, 2 ** 30),
    ];
    for (const input of samples) {
      FORMATS.forEach((format, index) => {
        const expected = samples[index]!;
        expect(runtime.convertSamples(input, format)).toEqual(expected);
        const output = expected.slice().fill(7);
        runtime.convertSamplesInto(input, output);
        expect(output).toEqual(expected);
      });
    }
  });

  test('full scale saturates and NaN is silence', () => {
    const wild = Float32Array.of(2, -2, Number.NaN, Number.POSITIVE_INFINITY);
    expect([...runtime.convertSamples(wild, 'i16')]).toEqual([32_767, -32_768, 0, 32_767]);
    expect([...runtime.convertSamples(wild, 'i32')]).toEqual([2 ** 31 - 1, -(2 ** 31), 0, 2 ** 31 - 1]);
  });

  test('arrays that do not fit together and formats that do not exist are refused', () => {
    const refused = expect.objectContaining({ code: 'invalid_options' });
    const buffer = new ArrayBuffer(64);
    const [float, short] = [new Float32Array(buffer, 0, 8), new Int16Array(buffer, 16, 8)];
    expect(() => runtime.convertSamplesInto(float, short)).toThrow(refused);
    expect(() => runtime.convertSamplesInto(float, new Int16Array(7))).toThrow(refused);
    expect(() => runtime.convertSamples(float, 'u8' as SampleFormat)).toThrow(refused);
    expect(() => runtime.logMelSpectrogram(float, 64 as 80)).toThrow(refused);
    expect(() => runtime.convertSamples([1, 2] as unknown as Samples, 'i16')).toThrow();
  });

  test('empty arrays are fine', () => {
    expect(runtime.convertSamples(new Float32Array(0), 'i16')).toEqual(new Int16Array(0));
    expect(runtime.logMelSpectrogram(new Float32Array(100), 80)).toEqual(new Float32Array(0));
  });

  test("a recording becomes Whisper's input", () => {
    const wav = readFileSync(fixture('speech-noisy.wav'));
    const pcm = new Int16Array(new Uint8Array(wav.subarray(44, 44 + 96_000)).buffer);
    const values = runtime.logMelSpectrogram(runtime.convertSamples(pcm, 'f32'), 80);
    const bytes = new Uint8Array(readFileSync(fixture('log-mel-80.i16')));
    const reference = Float32Array.from(new Int16Array(bytes.buffer), (step) => step / 16_384);
    expect(values).toHaveLength(reference.length);
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i]!)), 0);
    expect(worst).toBeLessThan(1e-4);
  });
});
