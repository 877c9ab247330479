/** What the cases are fed: speech, silence, noise, full scale, steps, what is no number, and speech with holes. Seeded, made once, the same bits everywhere. */
import type { AudioFormat } from '@remotemedia/native-dsp';
import { loadFixture } from '../signal/fixtures.js';
import { concatenate } from './record.js';

const SPEECH_HZ = 16_000;

/** Third channels and later ones speak at other times. */
const INTERRUPTS_AT_S = 2.4;

/** The vector for a format; channels differ in delay and level. */
export function vectorFor({ sampleRate, channels }: AudioFormat): Float32Array[] {
  const mono = vector(sampleRate);
  return Array.from({ length: channels }, (_, channel) => {
    const plane = new Float32Array(mono.length);
    const gain = 1 / (1 + channel);
    const delay = channel * Math.round(sampleRate * (channel < 2 ? 0.0113 : INTERRUPTS_AT_S / 2));
    for (let i = delay; i < mono.length; i++) plane[i] = mono[i - delay]! * gain;
    return plane;
  });
}

export const VECTOR_S = 7.6;

/** Where the garbage begins. */
export const GARBAGE_AT_S = 6.1;

function vector(sampleRate: number): Float32Array {
  const seconds = (duration: number, at: (n: number, random: number) => number) => {
    const random = generator(Math.round(duration * 1000));
    return Float32Array.from({ length: Math.round(duration * sampleRate) }, (_, n) => at(n, random()));
  };
  const speech = speechAt(sampleRate);
  const talk = (duration: number, gain: number) => seconds(duration, (n) => speech(n) * gain);
  return concatenate([
    talk(3, 1),
    seconds(0.7, () => 0),
    seconds(0.4, (_, random) => 0.1 * random),
    seconds(0.2, (n) => (((n * 400) / sampleRate) % 2 < 1 ? 1 : -1)),
    seconds(0.2, (n) => Math.floor((n * 20) / sampleRate) * 0.25 - 0.5),
    seconds(0.2, () => 1e-40),
    talk(1, 0.05),
    seconds(0.3, tones(sampleRate, 941, 1_209)),
    seconds(0.1, () => 0),
    seconds(0.1, (n, random) => [NaN, Infinity, -Infinity, 3e38, 1e-42][n % 17] ?? random),
    talk(0.5, 1),
    ...Array.from({ length: 3 }, () => [seconds(0.15, () => 0), talk(0.15, 1)]).flat(),
  ]);
}

/** The key `*` of a telephone. */
function tones(sampleRate: number, ...frequenciesHz: number[]): (n: number) => number {
  const turn = (2 * Math.PI) / sampleRate;
  return (n) => frequenciesHz.reduce((sum, frequency) => sum + 0.2 * Math.sin(turn * frequency * n), 0);
}

/** Linear between the samples: what it does to the sound is no matter here. */
function speechAt(sampleRate: number): (n: number) => number {
  const { samples, sampleRate: fixtureRate } = loadFixture('speech-noisy');
  if (fixtureRate !== SPEECH_HZ) throw new Error(`the fixture has ${fixtureRate} Hz`);
  return (n) => {
    const position = (n * SPEECH_HZ) / sampleRate;
    const before = Math.floor(position);
    const fraction = position - before;
    return samples[before]! * (1 - fraction) + samples[before + 1]! * fraction;
  };
}

/** Park and Miller 1988: whole numbers only, so the same everywhere. -1 to 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_823.5 - 1;
  };
}
