#!/usr/bin/env node
/**
 * Writes docs/BENCHMARKS.md and the figures of the README from tests/bench/results*.json, and nothing that is not
 * in them. With `--check` it only compares, for `make check`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bars, perCore, recordingNs } from './bars.mjs';
import { ROOT, time } from './harness.mjs';
import { cold, kernels, NOT_MEASURED, nodes, quality, rustAlone, sides, table } from './tables.mjs';

const BENCHMARKS = `${ROOT}docs/BENCHMARKS.md`;
const README = `${ROOT}README.md`;
const [BEGIN, END] = ['<!-- figures: written by tests/bench/report.mjs -->', '<!-- end of figures -->'];

const words = (text) => text.split(' ');
/** What every run of a subject gives. */
const RESULTS = {
  gateway: {
    file: 'results.json',
    parts: words('call metrics session transport werift live setup duplex listening fallback'),
  },
  python: {
    file: 'results-python.json',
    parts: words('versions skipped resampling chunks energyVad silero denoise jsonPath quality'),
  },
  nodes: { file: 'results-nodes.json', parts: words('skipped nodes') },
  kernels: { file: 'results-kernels.json', parts: ['kernels'] },
};

/** Writes both documents. */
export function writeReports() {
  for (const [path, text] of documents()) writeFileSync(path, text);
}

function documents() {
  const read = (subject) => JSON.parse(readFileSync(`${ROOT}tests/bench/${RESULTS[subject].file}`, 'utf8'));
  const results = Object.fromEntries(
    Object.keys(RESULTS).map((subject) => [subject, complete(subject, read(subject))]),
  );
  return [
    [BENCHMARKS, benchmarks(results)],
    [README, withFigures(readFileSync(README, 'utf8'), figures(results))],
  ];
}

/** The results of a subject, none of them missing but those that not every machine can give. */
export function complete(subject, results) {
  const { file, parts } = RESULTS[subject];
  const missing = parts.filter((part) => results[part] === undefined);
  if (missing.length)
    throw new Error(`tests/bench/${file} lacks ${missing.join(', ')}: node tests/bench/bench.mjs ${subject}`);
  return results;
}

/** The table of the README. */
function figures({ gateway, python }) {
  const live = (count) => gateway.live.find(({ sessions }) => sessions === count);
  const latency = ({ p50Us, p99Us }) => `p50 ${time(p50Us)}, p99 ${time(p99Us)}`;
  const load = ({ sessions, corePercent }) => `(${sessions} live ones take ${corePercent.toFixed(0)} %)`;
  const echo = gateway.transport.find(({ name }) => name === 'transport_echo');
  return table(
    ['what', 'measured'],
    [
      [
        'latency the gateway adds, packet in to processed packet out, full chain (high-pass, denoise, AGC, VAD, encode), 20 live sessions, each sending at its own moment',
        latency(live(20)),
      ],
      ['the same with one session', latency(live(1))],
      [`full-chain duplex sessions per core ${load(gateway.duplex)}`, perCore(gateway.duplex)],
      [
        `receive-only sessions per core, decode to utterances ${load(gateway.listening)}`,
        perCore(gateway.listening),
      ],
      ['memory per session', `${(gateway.duplex.bytesPerSession / 2 ** 20).toFixed(1)} MB`],
      [
        'transport alone (UDP, SRTP in, SRTP out, UDP), CPU per packet',
        `${time(echo.cpu_us_per_packet)} (werift's own RTP path in the same run: ${time(gateway.werift.cpuUsPerPacket)})`,
      ],
      [
        'call from JavaScript into Rust and back with a 480-sample frame',
        `${(gateway.call.nanoseconds / 1_000).toFixed(2)} us, no allocation`,
      ],
      ['recording metrics, per node and frame', `${recordingNs(gateway)} ns`],
      [
        'without the addon (WebAssembly, JavaScript): full-chain duplex sessions per core',
        perCore(gateway.fallback.find(({ pipeline }) => pipeline === 'voice-enhance')),
      ],
      ['offer to first processed audio', `${gateway.setup.medianMs.toFixed(0)} ms`],
      [
        'Silero VAD v6.2, a window of 32 ms, within 1e-5 of the ONNX model',
        `${time(python.silero.native.medianUs)}${against(python.silero.onnxruntime, 'onnxruntime')}`,
      ],
      [
        '10 s of stereo from 44.1 to 16 kHz',
        `${time(python.resampling.native.medianUs)}${against(python.resampling.soxr, 'soxr')}${against(python.resampling.librosa, 'librosa')}`,
      ],
    ],
  );
}

const against = (side, name) => `, ${name} ${side ? time(side.medianUs) : NOT_MEASURED}`;

function benchmarks({ gateway, python, nodes: costs, kernels: criterion }) {
  const versions = Object.entries(python.versions).map(([name, version]) => `${name} ${version}`);
  const skipped = [...new Set([...python.skipped, ...costs.skipped])];
  const values = {
    machine: `${machines([gateway, python, costs, criterion])}${versions.length ? `; ${versions.join(', ')}` : ''}`,
    skipped: skipped.length ? `Not measured: ${skipped.join('; ')}.` : 'Nothing was skipped.',
    bars: table(['what', 'bar', 'measured', ''], bars(gateway, python)),
    resampling: sides(python.resampling),
    chunks: sides(python.chunks),
    quality: quality(python.quality),
    energyVad: sides(python.energyVad),
    int16: sides(python.int16),
    pipeline: sides(python.pipeline),
    silero: sides(python.silero),
    denoise: sides(python.denoise),
    jsonPath: sides(python.jsonPath),
    cold: cold(python.cold),
    nodes: nodes(costs.nodes, 'audio'),
    valueNodes: nodes(costs.nodes, 'values'),
    rustAlone: rustAlone(gateway),
    kernels: kernels(criterion.kernels),
  };
  const template = readFileSync(fileURLToPath(new URL('./BENCHMARKS.template.md', import.meta.url)), 'utf8');
  return template.replace(/\{\{(\w+)\}\}/g, (mark, key) => {
    if (values[key] === undefined) throw new Error(`BENCHMARKS.template.md: nothing is known for ${mark}`);
    return values[key];
  });
}

/** One, unless subjects were measured in different places. */
function machines(results) {
  return [...new Set(results.map(({ machine, node }) => `${machine}, Node ${node}`))].join(' and ');
}

function withFigures(readme, figures) {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has lost its marks: ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${figures}\n\n${readme.slice(end)}`;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (!argv.includes('--check')) writeReports();
  const stale = documents().filter(([path, text]) => readFileSync(path, 'utf8') !== text);
  for (const [path] of stale)
    console.error(`${path} is not what tests/bench/results*.json say: node tests/bench/report.mjs`);
  if (stale.length) exit(1);
}
