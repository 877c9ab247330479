#!/usr/bin/env node
/**
 * `make bench`: measures what the README and docs/BENCHMARKS.md quote, prints it, keeps the raw figures in
 * tests/bench/results*.json and writes both documents from them. Everything on this machine, warm unless it says
 * otherwise, in release builds.
 *
 *     node tests/bench/bench.mjs [gateway] [python] [nodes] [kernels]     only these; all by default
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { measureGateway } from './gateway.mjs';
import { print, ROOT, time } from './harness.mjs';
import { measureKernels } from './kernels.mjs';
import { measureNodes } from './node-costs.mjs';
import { measureBesidePython } from './python-side.mjs';
import { writeReports } from './report.mjs';

const subjects = {
  gateway: ['results.json', measureGateway],
  python: ['results-python.json', measureBesidePython],
  nodes: ['results-nodes.json', measureNodes],
  kernels: ['results-kernels.json', kernels],
};
const machine = { machine: `${cpus().length} x ${cpus()[0].model}`, node: process.version };
console.log(`${machine.machine}, Node ${machine.node}`);

const unknown = process.argv.slice(2).filter((name) => !(name in subjects));
if (unknown.length) throw new Error(`${unknown.join(', ')}: there is ${Object.keys(subjects).join(', ')}`);
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(subjects);
for (const name of wanted) {
  const [file, measure] = subjects[name];
  const results = { ...machine, ...(await measure()) };
  writeFileSync(`${ROOT}tests/bench/${file}`, json(results));
}
writeReports();

async function kernels() {
  const found = measureKernels();
  print(
    'Kernels (criterion)',
    found.map(({ name, medianNs }) => [name, time(medianNs / 1_000)]),
  );
  return { kernels: found };
}

/** Six digits are more than any of this deserves; lists of numbers take one line. */
function json(results) {
  const rounded = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);
  const text = JSON.stringify(results, rounded, 2);
  return `${text.replace(/\[[-\d.e,\s]+\]/g, (list) => list.replace(/\s+/g, ' '))}\n`;
}
