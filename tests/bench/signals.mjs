/** Audio for the benchmarks: the same in every run. */
import { readFileSync } from 'node:fs';
import { ROOT } from './harness.mjs';

const WAV_HEADER_BYTES = 44;

/** Ten seconds of interleaved stereo at 44.1 kHz: a few tones and noise, different on both sides. */
export function stereoMusic() {
  const noise = randomNumbers(1);
  return Float32Array.from({ length: 2 * 441_000 }, (_, n) => {
    const seconds = Math.floor(n / 2) / 44_100;
    const tones = n % 2 ? [330, 1_250, 5_100] : [220, 990, 7_300];
    return tones.reduce((sum, hz) => sum + 0.1 * Math.sin(2 * Math.PI * hz * seconds), 0.05 * noise());
  });
}

/** One second of a tone, mono. */
export function tone(hz, sampleRate, amplitude = 0.5) {
  const step = (2 * Math.PI * hz) / sampleRate;
  return Float32Array.from({ length: sampleRate }, (_, n) => amplitude * Math.sin(step * n));
}

/** The speech of the test fixtures, 48 kHz mono. */
export function speech() {
  const bytes = readFileSync(`${ROOT}tests/fixtures/speech.wav`).subarray(WAV_HEADER_BYTES);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, n) => bytes.readInt16LE(2 * n) / 32_768);
}

/** Channels of interleaved samples, one after the other. */
export function planarOf(interleaved, channels) {
  const samples = interleaved.length / channels;
  return Float32Array.from(
    { length: interleaved.length },
    (_, n) => interleaved[(n % samples) * channels + Math.floor(n / samples)],
  );
}

/** Numbers from -1 to 1 by mulberry32. */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
