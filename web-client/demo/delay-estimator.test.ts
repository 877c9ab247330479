import { describe, expect, it } from 'vitest';
import { DelayEstimator } from './delay-estimator.js';

const RATE = 48_000;
const BLOCK = 1024;

/** Noise in bursts of random length and loudness, as speech is; seeded. */
function bursts(seconds: number, seed: number): Float32Array {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const samples = new Float32Array(seconds * RATE);
  let gain = 0;
  for (let i = 0, left = 0; i < samples.length; i++, left--) {
    if (left <= 0) {
      left = RATE * (0.05 + 0.3 * random());
      gain = random() < 0.4 ? 0.001 : 0.05 + 0.5 * random();
    }
    samples[i] = gain * (2 * random() - 1);
  }
  return samples;
}

function estimate(input: Float32Array, output: Float32Array, startFrame = 12_345): number | null {
  const estimator = new DelayEstimator(RATE);
  for (let from = 0; from + BLOCK <= input.length; from += BLOCK) {
    estimator.pushInput(input.subarray(from, from + BLOCK), startFrame + from);
    estimator.pushOutput(output.subarray(from, from + BLOCK), startFrame + from);
  }
  return estimator.estimateMs();
}

function delayed(input: Float32Array, delayMs: number, gain = (_i: number) => 1): Float32Array {
  const shift = (delayMs * RATE) / 1000;
  return input.map((_, i) => (i < shift ? 0 : input[i - shift]! * gain(i)));
}

describe('the delay from input to output', () => {
  const input = bursts(10, 1);

  it.each([0, 20, 85, 240, 1200])('is found when it is %i ms', (delayMs) => {
    expect(Math.abs(estimate(input, delayed(input, delayMs))! - delayMs)).toBeLessThanOrEqual(5);
  });

  it('is found through gain control and added noise', () => {
    const noise = bursts(10, 2);
    const output = delayed(input, 110, (i) => 0.4 + 0.3 * Math.sin(i / 20_000)).map(
      (x, i) => x + 0.01 * noise[i]!,
    );
    expect(Math.abs(estimate(input, output)! - 110)).toBeLessThanOrEqual(5);
  });

  it('is not made up: unrelated sound, steady noise and silence give none', () => {
    expect(estimate(input, bursts(10, 3))).toBeNull();
    const steady = bursts(10, 4).map((_, i) => Math.sin(i * i));
    expect(estimate(steady, steady)).toBeNull();
    const silence = new Float32Array(input.length);
    expect(estimate(silence, silence)).toBeNull();
  });

  it('needs some seconds to listen first', () => {
    expect(estimate(input.subarray(0, 5 * RATE), input.subarray(0, 5 * RATE))).toBeNull();
  });
});
