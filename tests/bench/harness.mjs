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
 * Median, p95, p99 and least of all calls in microseconds, and the median of each turn, which are the raw data.
 * @param {number[][]} turns nanoseconds
 */
export function summary(turns) {
  const calls = turns.flat().sort((a, b) => a - b);
  return {
    medianUs: at(calls, 0.5),
    p95Us: at(calls, 0.95),
    p99Us: at(calls, 0.99),
    leastUs: at(calls, 0),
    calls: calls.length,
    turnsUs: turns.map((turn) =>
      at(
        [...turn].sort((a, b) => a - b),
        0.5,
      ),
    ),
  };
}

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] / 1_000;

/** Median of numbers. */
export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

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

export const us = (value) => `${value.toFixed(value < 10 ? 2 : 1)} us`;
export const ms = (microseconds) => `${(microseconds / 1_000).toFixed(2)} ms`;

/** Prints rows of name and value under a title. */
export function print(title, rows) {
  console.log(`\n${title}`);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
}
