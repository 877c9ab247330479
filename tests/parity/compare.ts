/** What is different between two runs of one case, beyond a stated tolerance. */
import type { ParityCase } from './cases.js';
import type { Record } from './record.js';
import { VECTOR_S } from './vector.js';

/** Relative to the value, or to full scale where the value is smaller. */
export interface Tolerance {
  readonly audio: number;
  /** From here on, in seconds of the vector, the audio has another tolerance. */
  readonly looseFromS: number;
  readonly looseAudio: number;
  /** Of numbers in events that are no times. */
  readonly values: number;
}

/** The two mathematics libraries differ by one unit in the last place of a double here and there; nothing else may differ. */
const DEFAULT: Tolerance = { audio: 1e-6, looseFromS: Infinity, looseAudio: 1e-6, values: 1e-6 };

/** Where more is permitted, and why. */
const EXCEPTIONS: readonly { readonly case: RegExp; readonly tolerance: Partial<Tolerance> }[] = [
  // Gains of single bands depend on ratios of small numbers.
  { case: /^DenoiseNode/, tolerance: { audio: 1e-5, looseAudio: 1e-5 } },
  // Its search for a pitch decides between equals where there is none (steps, pure tones), and its recurrent network remembers.
  { case: /^DenoiseNode engine=rnnoise/, tolerance: { looseFromS: 3.7, looseAudio: 1e-2 } },
  // Logarithms of power that is nearly at their floor of 1e-10.
  { case: /^LogMelNode/, tolerance: { values: 1.5e-4 } },
  // Decibels in tenths, of which one may be rounded the other way: only below -90, where cancellation is all there is.
  { case: /^SpectrumNode/, tolerance: { values: 1.1e-3 } },
  // Behind a denoiser; and what is within the tolerance of the audio is more than that in decibels of a quiet moment.
  { case: /^voice-enhance/, tolerance: { audio: 1e-5, values: 1e-4 } },
];

export function toleranceOf({ name }: Pick<ParityCase, 'name'>): Tolerance {
  const exceptions = EXCEPTIONS.filter((it) => it.case.test(name)).map((it) => it.tolerance);
  return Object.assign({}, DEFAULT, ...exceptions);
}

/** Sentences, at most one for each part of a record; empty where the two are the same. */
export function differences(a: Record, b: Record, tolerance: Tolerance): string[] {
  return [
    ...(a.error === b.error ? [] : [`error ${a.error} against ${b.error}`]),
    ...(a.latencySamples === b.latencySamples
      ? []
      : [`latency ${a.latencySamples} against ${b.latencySamples}`]),
    ...audioDifference(a.audio, b.audio, tolerance),
    ...eventDifference(a.events, b.events, tolerance.values),
    ...utteranceDifference(a, b),
    ...chunkDifference(a, b, tolerance.audio),
  ];
}

function audioDifference(a: Float32Array, b: Float32Array, tolerance: Tolerance): string[] {
  if (a.length !== b.length) return [`${a.length} samples against ${b.length}`];
  const looseAt = indexAt(a, tolerance.looseFromS);
  let worst = 0;
  let at = -1;
  for (let i = 0; i < a.length; i++) {
    const permitted = i < looseAt ? tolerance.audio : tolerance.looseAudio;
    const excess = error(a[i]!, b[i]!) / permitted;
    // Not the other way round: NaN must not pass.
    if (!(excess <= Math.max(1, worst))) [worst, at] = [excess, i];
  }
  return at < 0
    ? []
    : [`sample ${at} is ${a[at]} against ${b[at]}, ${worst.toPrecision(3)} times the tolerance`];
}

/** The sample at a moment of the vector, in a record of the whole of it. */
export function indexAt(audio: Float32Array, seconds: number): number {
  return Math.min(audio.length, Math.floor((audio.length * seconds) / VECTOR_S));
}

function error(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(1, Math.abs(a));
}

function eventDifference(a: readonly string[], b: readonly string[], tolerance: number): string[] {
  if (a.length !== b.length) return [`${a.length} events against ${b.length}`];
  const index = a.findIndex((text, i) => text !== b[i] && !isSameEvent(text, b[i]!, tolerance));
  return index < 0 ? [] : [`event ${index} is ${a[index]} against ${b[index]}`];
}

/** Times, words and whole numbers exactly; other numbers within the tolerance. */
function isSameEvent(a: string, b: string, tolerance: number): boolean {
  const [left, right] = [a, b].map((text) => JSON.parse(text) as { [field: string]: unknown });
  const fields = Object.keys(left!);
  if (fields.join() !== Object.keys(right!).join()) return false;
  return fields.every((field) => {
    const [x, y] = [left![field], right![field]];
    return /_(ms|samples)$/.test(field) ? x === y : isSameValue(x, y, tolerance);
  });
}

function isSameValue(x: unknown, y: unknown, tolerance: number): boolean {
  if (Array.isArray(x) && Array.isArray(y))
    return x.length === y.length && x.every((it, i) => isSameValue(it, y[i], tolerance));
  if (typeof x === 'number' && typeof y === 'number') return error(x, y) <= tolerance;
  return JSON.stringify(x) === JSON.stringify(y);
}

/** Samples of utterances are whole numbers of 16 bits, which may be rounded the other way. */
function utteranceDifference({ utterances: a }: Record, { utterances: b }: Record): string[] {
  if (a.length !== b.length) return [`${a.length} utterances against ${b.length}`];
  const isSame = ({ index, samples }: Record['utterances'][number], i: number) =>
    index === b[i]!.index &&
    samples.length === b[i]!.samples.length &&
    samples.every((sample, n) => Math.abs(sample - b[i]!.samples[n]!) <= 1);
  const first = a.findIndex((utterance, i) => !isSame(utterance, i));
  return first < 0 ? [] : [`the audio of utterance ${first} differs`];
}

function chunkDifference({ chunks: a }: Record, { chunks: b }: Record, tolerance: number): string[] {
  if (a.length !== b.length) return [`${a.length} samples in chunks against ${b.length}`];
  // Not the other way round: NaN must not pass.
  const at = a.findIndex((sample, i) => !(error(sample, b[i]!) <= tolerance));
  return at < 0 ? [] : [`sample ${at} of the chunks is ${a[at]} against ${b[at]}`];
}
