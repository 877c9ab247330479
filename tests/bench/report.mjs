#!/usr/bin/env node
/**
 * Writes docs/BENCHMARKS.md and the figures of the README from tests/bench/results*.json, and nothing that is not
 * in them. With `--check` it only compares, for `make check`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bars, perCore } from './bars.mjs';
import { ROOT, time } from './harness.mjs';

const BENCHMARKS = `${ROOT}docs/BENCHMARKS.md`;
const README = `${ROOT}README.md`;
const NOT_MEASURED = 'Not measured.';
const [BEGIN, END] = ['<!-- figures: written by tests/bench/report.mjs -->', '<!-- end of figures -->'];

/** Writes both documents. */
export function writeReports() {
  for (const [path, text] of documents()) writeFileSync(path, text);
}

function documents() {
  const [gateway, python, kernels] = ['results', 'results-python', 'results-kernels'].map((name) =>
    JSON.parse(readFileSync(`${ROOT}tests/bench/${name}.json`, 'utf8')),
  );
  return [
    [BENCHMARKS, benchmarks(gateway, python, kernels)],
    [README, withFigures(readFileSync(README, 'utf8'), figures(gateway, python))],
  ];
}

function recording({ metrics }) {
  return metrics.find(({ name }) => name === 'recording').ns_per_node_and_frame;
}

/** The table of the README. */
function figures(gateway, python) {
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
      ['recording metrics, per node and frame', `${recording(gateway)} ns`],
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

const against = (side, name) => (side ? `, ${name} ${time(side.medianUs)}` : '');

function benchmarks(gateway, python, kernels) {
  const sides = (subject) =>
    subject === undefined
      ? NOT_MEASURED
      : table(
          ['side', 'median', 'mean', 'p95', 'p99', 'calls'],
          Object.entries(subject).map(([name, it]) => [
            name,
            ...[it.medianUs, it.meanUs, it.p95Us, it.p99Us].map(time),
            it.calls,
          ]),
        );
  const versions = Object.entries(python.versions).map(([name, version]) => `${name} ${version}`);
  const values = {
    machine: `${python.machine}, Node ${python.node}${versions.length ? `; ${versions.join(', ')}` : ''}`,
    skipped: python.skipped.length ? `Not measured: ${python.skipped.join('; ')}.` : 'Nothing was skipped.',
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
    cold: python.cold ? cold(python.cold) : NOT_MEASURED,
    nodes: table(
      ['node', 'native', 'p99', 'WebAssembly', 'p99'],
      python.nodes.map(({ name, native, wasm }) => [
        name,
        ...[native, wasm].flatMap((it) => (it ? [time(it.medianUs), time(it.p99Us)] : ['', ''])),
      ]),
    ),
    session: table(
      ['what', '10 ms'],
      gateway.session.map(({ name, us }) => [name.replaceAll('_', ' '), time(us)]),
    ),
    kernels: table(
      ['kernel', 'median', '95 % interval'],
      kernels.kernels.map(({ name, medianNs, intervalNs }) => [
        name,
        time(medianNs / 1_000),
        intervalNs.map((ns) => time(ns / 1_000)).join(' to '),
      ]),
    ),
  };
  const template = readFileSync(fileURLToPath(new URL('./BENCHMARKS.template.md', import.meta.url)), 'utf8');
  return template.replace(/\{\{(\w+)\}\}/g, (_, key) => values[key]);
}

function quality(sides) {
  const names = Object.keys(sides);
  const rows = (kind) =>
    Object.keys(sides[names[0]][kind]).map((hz) => [
      `${Number(hz) / 1_000} kHz ${kind === 'passDb' ? 'kept' : 'gone'}`,
      ...names.map((name) => sides[name][kind][hz].toFixed(kind === 'passDb' ? 3 : 1)),
    ]);
  return table(['tone, dB', ...names], [...rows('passDb'), ...rows('aliasDb')]);
}

function cold(sides) {
  const keys = { resample_ms: 'resample', vad_ms: 'VAD', format_ms: '16 bits', pipeline_ms: 'all three' };
  const row = ([key, what]) => [what, sides.librosa?.[key], sides.native[key], 'ms'];
  const rows = [
    ...Object.entries(keys).map(row),
    ['memory', sides.librosa?.memory_mb, sides.native.memory_mb, 'MB'],
    ['memory, ours in the next five', sides.librosa?.memory_mb, sides.native.second_memory_mb, 'MB'],
  ];
  const cells = rows.map(([what, theirs, ours, unit]) => [
    what,
    theirs === undefined ? '' : `${theirs.toFixed(1)} ${unit}`,
    `${ours.toFixed(2)} ${unit}`,
    // A page at least: nothing cannot be divided by.
    theirs === undefined ? '' : `${(theirs / Math.max(ours, 4 / 1_024)).toFixed(1)}`,
  ]);
  return table(['first five calls', 'librosa, numpy', 'ours', 'ratio'], cells);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
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
