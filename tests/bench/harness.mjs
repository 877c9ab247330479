/** What all benchmarks share: time, statistics, sides that take turns, and rows on the terminal. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Nanoseconds of each of `count` calls. */
export function timeEach(work, count = 1) {
  const samples = new Array(count);
  for (let n = 0; n < count; n++) {
    const start = process.hrtime.bigint();
    work(n);
    samples[n] = Number(process.hrtime.bigint() - start);
  }
  return samples;
}

/** Calls of a turn, where there are many: on a busy machine few short turns are interrupted. */
export const CALLS_A_TURN = 100;

/** As {@link timeEach} for the next calls of a turn: `work` gets numbers from 0 to `end`, and then from 0 again. */
export function turnsOf(work, end) {
  let next = 0;
  return () => {
    const start = next;
    const count = Math.min(CALLS_A_TURN, end - start);
    next = (start + count) % end;
    return timeEach((n) => work(start + n), count);
  };
}

/**
 * Lets sides take turns in one run, so that what else the machine does meets all of them alike. Each goes first as
 * often as any other.
 * @param {Record<string, () => number[] | Promise<number[]>>} sides what a turn of each costs: nanoseconds of its calls
 * @param {number} rounds how often all of them have a turn, after warm-up
 * @param {number} warmUp rounds that are not counted
 * @returns {Promise<Record<string, object>>} {@link summary} of every side
 */
export async function alternate(sides, rounds, warmUp = 3) {
  const names = Object.keys(sides);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    const first = (round + warmUp) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const turn = await sides[name]();
      if (round >= 0) samples[name].push(turn);
    }
  }
  return Object.fromEntries(names.map((name) => [name, summary(samples[name])]));
}

/**
 * Of all calls in microseconds: median, p95, p99, least. `meanUs` is the median over turns of the mean call of a turn: where
 * some calls only keep what others work off, the median call tells nothing. The means of all turns are the raw data.
 * @param {number[][]} turns nanoseconds
 */
export function summary(turns) {
  const calls = turns.flat().sort((a, b) => a - b);
  const turnsUs = turns.map((turn) => mean(turn) / 1_000);
  return {
    medianUs: quantile(calls, 0.5) / 1_000,
    p95Us: quantile(calls, 0.95) / 1_000,
    p99Us: quantile(calls, 0.99) / 1_000,
    leastUs: calls[0] / 1_000,
    meanUs: median(turnsUs),
    calls: calls.length,
    turnsUs: turnsUs.map((value) => Math.round(value * 1_000) / 1_000),
  };
}

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

export const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

export const median = (numbers) =>
  quantile(
    [...numbers].sort((a, b) => a - b),
    0.5,
  );

/** Runs an example of a crate in the addon's build profile; it prints one JSON object a line. */
export function example(crate, name, args = []) {
  const command = ['run', '--profile', 'addon', '--quiet', '-p', `remotemedia-${crate}`, '--example', name];
  const printed = execFileSync('cargo', [...command, '--', ...args], {
    cwd: `${ROOT}native-dsp`,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** A pipeline of one node, or of several in a row, as manifest text. */
export function manifest(...nodes) {
  const listed = nodes.map(([node_type, params = {}], n) => ({ id: `n${n}`, node_type, params }));
  const connections = listed.slice(1).map(({ id }, n) => ({ from: `n${n}`, to: id }));
  return JSON.stringify({ version: 'v1', metadata: { name: 'bench' }, nodes: listed, connections });
}

/** Prints rows of name and value under a title. */
export function print(title, rows) {
  console.log(`\n${title}`);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
}

/** Prints what {@link alternate} found. */
export function printSides(title, sides) {
  const row = ({ medianUs, p95Us, p99Us, meanUs, calls }) =>
    `median ${time(medianUs)}, mean ${time(meanUs)}, p95 ${time(p95Us)}, p99 ${time(p99Us)} of ${calls} calls`;
  print(
    title,
    Object.entries(sides).map(([name, side]) => [name, row(side)]),
  );
}

/** Microseconds for people. */
export function time(us) {
  if (us >= 1_000) return `${(us / 1_000).toFixed(us < 10_000 ? 2 : 1)} ms`;
  return `${us.toFixed(us < 10 ? 2 : 1)} us`;
}
