/**
 * A few numbers for each case that change when its result does: they catch a change to the code that both runtimes share. Written anew by
 * `UPDATE_GOLDEN=1 npx vitest run tests/parity`, and reviewed as a diff.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { indexAt, type Tolerance } from './compare.js';
import type { Record } from './record.js';
import { GARBAGE_AT_S } from './vector.js';

export interface Golden {
  /** Level of the audio, RMS of full scale; absent without audio. */
  readonly rms?: number;
  /** The audio, normalised, seen from three directions that were drawn once: no change is square to all of them. */
  readonly audio?: readonly number[];
  /** How many events of each type. */
  readonly events?: { readonly [type: string]: number };
  /** Over the times of all events, and weighted over their other numbers. */
  readonly times?: number;
  readonly values?: number;
  readonly error?: string;
  /** Of a node on values: a digest of all texts that it gave. */
  readonly texts?: string;
}

/** Of the size of the golden number, or of 1 where that is smaller. Between the runtimes it is less than 1e-6. */
const TOLERANCE = 2e-5;
const DIRECTIONS = 3;
const PATH = fileURLToPath(new URL('golden.json', import.meta.url));

export type GoldenFile = { readonly [name: string]: Golden };

export const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

export function readGolden(): GoldenFile {
  return JSON.parse(readFileSync(PATH, 'utf8')) as GoldenFile;
}

export function writeGolden(file: GoldenFile): void {
  const rows = Object.entries(file).map(
    ([name, golden]) => `  ${JSON.stringify(name)}: ${JSON.stringify(golden)}`,
  );
  writeFileSync(PATH, `{\n${rows.join(',\n')}\n}\n`);
}

/** What garbage does, or what is loosely defined, is compared between the runtimes, but is no result to keep. */
export function goldenOf(record: Record, { looseFromS }: Tolerance): Golden {
  const endS = Math.min(GARBAGE_AT_S, looseFromS);
  const golden: { -readonly [Key in keyof Golden]: Golden[Key] } = {};
  const audio = record.audio.subarray(0, indexAt(record.audio, endS));
  if (audio.length > 0) Object.assign(golden, audioOf(audio));
  const events = record.events
    .map(
      (text) => JSON.parse(text) as { type: string; detected_at_ms: number } & { [field: string]: unknown },
    )
    .filter((event) => event.detected_at_ms <= endS * 1000);
  if (events.length > 0) Object.assign(golden, eventsOf(events));
  if (record.error !== null) golden.error = record.error;
  return golden;
}

function audioOf(audio: Float32Array): Golden {
  const energy = audio.reduce((sum, sample) => sum + sample * sample, 0);
  const size = Math.sqrt(energy) || 1;
  const directions = Array.from({ length: DIRECTIONS }, (_, direction) => {
    const sign = signs(direction + 1);
    return rounded(audio.reduce((sum, sample) => sum + sample * sign(), 0) / size);
  });
  return { rms: rounded(Math.sqrt(energy / audio.length)), audio: directions };
}

function eventsOf(events: readonly { type: string; [field: string]: unknown }[]): Golden {
  const counts: { [type: string]: number } = {};
  const sign = signs(DIRECTIONS + 1);
  let times = 0;
  let values = 0;
  for (const { type, ...fields } of events) {
    counts[type] = (counts[type] ?? 0) + 1;
    for (const [field, value] of Object.entries(fields)) {
      if (field === 'sample_rate') continue;
      const numbers = [value].flat().filter((it) => typeof it === 'number');
      if (/_(ms|samples)$/.test(field)) times += numbers.reduce((sum, it) => sum + it, 0);
      else values += numbers.reduce((sum, it) => sum + it * sign(), 0);
    }
  }
  return { events: counts, times: Math.round(times), values: rounded(values) };
}

/** Names of the numbers that are not what they were. */
export function changes(golden: Golden, found: Golden): string[] {
  const keys = new Set([...Object.keys(golden), ...Object.keys(found)]) as Set<keyof Golden>;
  return [...keys]
    .filter((key) => !isClose(golden[key], found[key]))
    .map((key) => `${key} was ${JSON.stringify(golden[key])}, is ${JSON.stringify(found[key])}`);
}

function isClose(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a));
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((it, i) => isClose(it, b[i]));
  return JSON.stringify(a) === JSON.stringify(b);
}

function rounded(number: number): number {
  return Number(number.toPrecision(7));
}

/** 1 or -1, by the high bit of Knuth's linear congruential generator of 32 bits. */
function signs(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state < 0 ? -1 : 1;
  };
}
