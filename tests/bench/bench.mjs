#!/usr/bin/env node
/**
 * `make bench`: measures what the README quotes, prints it, and writes it to tests/bench/results.json.
 *
 * Everything is measured in this one run on this machine, warm, in release builds. Latencies of live
 * sessions are the gateway's own: from the arrival stamp of a packet to after the processed one was sent.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureCall } from './call.mjs';
import { measureLive, measureSetup } from './live.mjs';
import { measureWerift } from './werift.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs an example of a crate, which prints one JSON object a line. */
function example(crate, name, args = []) {
  const command = [
    'run',
    '--profile',
    'addon',
    '--quiet',
    '-p',
    `remotemedia-${crate}`,
    '--example',
    name,
    '--',
    ...args,
  ];
  const printed = execFileSync('cargo', command, {
    cwd: `${ROOT}native-dsp`,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Opus packets of the speech fixture: 20 ms each, 32 kbit/s. */
function speechPackets() {
  return example('session', 'encode_wav', [`${ROOT}tests/fixtures/speech.wav`]).map(({ base16 }) =>
    Buffer.from(base16, 'hex'),
  );
}

function print(title, rows) {
  console.log(`\n${title}`);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
}

const us = (value) => `${value.toFixed(value < 10 ? 2 : 1)} us`;

const results = { machine: `${cpus().length} x ${cpus()[0].model}`, node: process.version };
console.log(`${results.machine}, Node ${results.node}`);

results.call = measureCall();
print('Call into Rust with a 480-sample frame', [
  ['PassThrough', `${results.call.nanoseconds.toFixed(0)} ns`],
  ['JavaScript heap per call', `${results.call.heapBytesPerCall.toFixed(3)} bytes`],
]);

results.nodes = example('core', 'nodes_cost');
print(
  'Nodes, per 10 ms frame',
  results.nodes.map(({ name, us_per_frame }) => [name, us(us_per_frame)]),
);

results.metrics = example('core', 'metrics_cost');
print(
  'Metrics',
  results.metrics.map((row) =>
    row.name === 'recording'
      ? ['recording, per node and frame', `${row.ns_per_node_and_frame} ns`]
      : ['of it a look at the clock', `${row.ns} ns`],
  ),
);

results.session = example('session', 'session_cost');
print(
  'Codec and session',
  results.session.map(({ name, us: cost }) => [name, us(cost)]),
);

const packets = speechPackets();
results.transport = example('plane', 'transport_cost');
results.werift = await measureWerift(packets);
print('Transport, CPU per packet', [
  ...results.transport.map((row) =>
    row.name === 'transport_echo'
      ? [`UDP, SRTP in, SRTP out, UDP (${row.sessions} sessions)`, us(row.cpu_us_per_packet)]
      : [`of it SRTP, ${row.profile}`, `${row.us_per_packet} us (rtc-srtp ${row.rtc_srtp_us_per_packet} us)`],
  ),
  ["werift's own RTP path, echo", us(results.werift.cpuUsPerPacket)],
]);

results.live = [];
for (const sessions of [1, 10, 20]) results.live.push(await measureLive('voice-enhance', sessions, packets));
print(
  'Live sessions, full chain (high-pass, denoise, AGC, VAD, encode): latency added by the gateway',
  results.live.map(({ sessions, p50Us, p99Us, corePercent }) => [
    `${sessions} session${sessions === 1 ? '' : 's'}`,
    `p50 ${us(p50Us)}, p99 ${us(p99Us)}, ${corePercent.toFixed(1)} % of a core`,
  ]),
);
results.setup = await measureSetup('voice-enhance', packets);
results.duplex = await measureLive('voice-enhance', 40, packets);
results.listening = await measureLive('transcribe-prep', 80, packets);
const perCore = ({ sessions, corePercent }) => Math.floor((100 * sessions) / corePercent);
const load = ({ sessions, corePercent }) =>
  `${sessions} live ones take ${corePercent.toFixed(0)} % of a core`;
print('Capacity and set-up', [
  ['full-chain duplex sessions a core', `${perCore(results.duplex)} (${load(results.duplex)})`],
  ['receive-only sessions a core', `${perCore(results.listening)} (${load(results.listening)})`],
  ['memory a session', `${(results.duplex.bytesPerSession / 2 ** 20).toFixed(2)} MB`],
  ['offer to first processed audio', `${results.setup.medianMs.toFixed(0)} ms`],
]);

results.fallback = [];
for (const [pipeline, sessions] of [
  ['echo', 10],
  ['voice-enhance', 5],
  ['transcribe-prep', 10],
])
  results.fallback.push(await measureLive(pipeline, sessions, packets, 'wasm'));
print(
  'Without the addon: the same sessions on WebAssembly, on the event loop',
  results.fallback.map((live) => [
    live.pipeline,
    `${perCore(live)} sessions a core (${load(live)}), p50 ${us(live.p50Us)}, p99 ${us(live.p99Us)}`,
  ]),
);

writeFileSync(`${ROOT}tests/bench/results.json`, `${JSON.stringify(results, null, 2)}\n`);
