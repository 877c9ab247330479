/** Tables of docs/BENCHMARKS.md. Where a figure is missing, its cell says so. */
import { time } from './harness.mjs';

export const NOT_MEASURED = 'not measured';
/** The resident set grows by pages: what is less than one is nothing, by which nothing can be divided. */
const PAGE_MB = 4 / 1_024;

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Sides that took turns at one subject. */
export function sides(subject) {
  if (subject === undefined) return `${NOT_MEASURED}.`;
  return table(
    ['side', 'median', 'mean', 'p95', 'p99', 'calls'],
    Object.entries(subject).map(([name, it]) => [
      name,
      ...[it.medianUs, it.meanUs, it.p95Us, it.p99Us].map(time),
      it.calls,
    ]),
  );
}

/** Nodes that work on `kind`, `audio` or `values`. */
export function nodes(rows, kind) {
  const figures = (side) =>
    side ? [side.medianUs, side.meanUs, side.p99Us].map(time) : Array(3).fill(NOT_MEASURED);
  return table(
    ['node', 'given', 'native', 'mean', 'p99', 'WebAssembly', 'mean', 'p99'],
    rows
      .filter(({ input }) => input === kind)
      .map(({ name, given, native, wasm }) => [name, given, ...figures(native), ...figures(wasm)]),
  );
}

/** Codec, session and the recording of metrics: what Rust takes without JavaScript. */
export function rustAlone({ session, metrics }) {
  const [recording, clock] = ['recording', 'clock'].map((wanted) =>
    metrics.find(({ name }) => name === wanted),
  );
  return table(
    ['what', 'measured'],
    [
      ...session.map(({ name, us }) => [`${name.replaceAll('_', ' ')}, 10 ms`, time(us)]),
      ['recording metrics, a node and frame', `${recording.ns_per_node_and_frame} ns`],
      ['of it a look at the clock', `${clock.ns} ns`],
    ],
  );
}

/** Names say behind a colon what one call covers. */
export function kernels(rows) {
  return table(
    ['kernel', 'one call covers', 'median', '95 % interval'],
    rows.map(({ name, medianNs, intervalNs }) => [
      ...name.split(': '),
      time(medianNs / 1_000),
      intervalNs.map((ns) => time(ns / 1_000)).join(' to '),
    ]),
  );
}

/** What each resampler does to tones. */
export function quality(subject) {
  const names = Object.keys(subject);
  const rows = (kind) =>
    Object.keys(subject[names[0]][kind]).map((hz) => [
      `${Number(hz) / 1_000} kHz ${kind === 'passDb' ? 'kept' : 'gone'}`,
      ...names.map((name) => subject[name][kind][hz].toFixed(kind === 'passDb' ? 3 : 1)),
    ]);
  return table(['tone, dB', ...names], [...rows('passDb'), ...rows('aliasDb')]);
}

/** The seed's method. */
export function cold(subject) {
  if (subject === undefined) return `${NOT_MEASURED}.`;
  const rows = [
    ['resample, ms', 'resample_ms'],
    ['VAD, ms', 'vad_ms'],
    ['16 bits, ms', 'format_ms'],
    ['all three, ms', 'pipeline_ms'],
    ['growth, MB', 'memory_mb'],
    ['growth in the next five, MB', 'second_memory_mb'],
  ];
  const cell = (value) => value?.toFixed(2) ?? NOT_MEASURED;
  return table(
    ['first five calls', 'librosa, numpy', 'ours', 'ratio'],
    rows.map(([what, key]) => {
      const [theirs, ours] = [subject.librosa?.[key], subject.native[key]];
      const ratio = ours < PAGE_MB ? 'none: less than a page' : (theirs / ours).toFixed(1);
      return [what, cell(theirs), cell(ours), theirs === undefined ? NOT_MEASURED : ratio];
    }),
  );
}
