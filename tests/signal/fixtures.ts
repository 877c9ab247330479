/** The speech fixtures: samples, and where the speech is. Made by `tests/fixtures/make.mjs`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeSamples, parseWavHeader } from '@remotemedia/pipeline';

export interface Fixture {
  /** Absolute path of the WAV file. */
  path: string;
  sampleRate: number;
  lengthMs: number;
  /** Mono. */
  samples: Float32Array;
  /** Where the voice is, in ms, measured before the noise was added. */
  speech: { start_ms: number; end_ms: number; text: string }[];
}

export function loadFixture(name: 'speech' | 'speech-noisy'): Fixture {
  const path = fileURLToPath(new URL(`../fixtures/${name}.wav`, import.meta.url));
  const bytes = readFileSync(path);
  const { format, dataOffset, dataBytes } = parseWavHeader(bytes)!;
  const samples = new Float32Array(dataBytes! / 2);
  decodeSamples(bytes.subarray(dataOffset), format, samples.length, [samples]);
  const truth = JSON.parse(readFileSync(path.replace('.wav', '.json'), 'utf8')) as {
    length_ms: number;
    speech: Fixture['speech'];
  };
  return { path, sampleRate: format.sampleRate, lengthMs: truth.length_ms, samples, speech: truth.speech };
}
