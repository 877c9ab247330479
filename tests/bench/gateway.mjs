/** The gateway itself: nodes, session, transport, live sessions. These are the figures of the README. */
import { perCore } from './bars.mjs';
import { measureCall } from './crossing.mjs';
import { example, print, ROOT, time } from './harness.mjs';
import { measureLive, measureSetup } from './live.mjs';
import { measureWerift } from './werift.mjs';

/** Measures and prints everything, subject after subject. */
export async function measureGateway() {
  const results = {};
  results.call = measureCall();
  print('Call into Rust with a 480-sample frame', [
    ['PassThrough', `${results.call.nanoseconds.toFixed(0)} ns`],
    ['JavaScript heap per call', `${results.call.heapBytesPerCall.toFixed(3)} bytes`],
  ]);
  results.nodes = example('core', 'nodes_cost');
  print(
    'Nodes, per 10 ms frame',
    results.nodes.map(({ name, us_per_frame }) => [name, time(us_per_frame)]),
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
    'Codec and session, per 10 ms frame',
    results.session.map(({ name, us }) => [name, time(us)]),
  );
  const packets = speechPackets();
  await measureTransport(results, packets);
  await measureSessions(results, packets);
  await measureFallback(results, packets);
  return results;
}

async function measureTransport(results, packets) {
  results.transport = example('plane', 'transport_cost');
  results.werift = await measureWerift(packets);
  print('Transport, CPU per packet', [
    ...results.transport.map((row) =>
      row.name === 'transport_echo'
        ? [`UDP, SRTP in, SRTP out, UDP (${row.sessions} sessions)`, time(row.cpu_us_per_packet)]
        : [
            `of it SRTP, ${row.profile}`,
            `${row.us_per_packet} us (rtc-srtp ${row.rtc_srtp_us_per_packet} us)`,
          ],
    ),
    ["werift's own RTP path, echo", time(results.werift.cpuUsPerPacket)],
  ]);
}

async function measureSessions(results, packets) {
  results.live = [];
  for (const sessions of [1, 10, 20])
    results.live.push(await measureLive('voice-enhance', sessions, packets));
  print(
    'Live sessions, full chain (high-pass, denoise, AGC, VAD, encode): latency added by the gateway',
    results.live.map(({ sessions, p50Us, p99Us, corePercent }) => [
      `${sessions} session${sessions === 1 ? '' : 's'}`,
      `p50 ${time(p50Us)}, p99 ${time(p99Us)}, ${corePercent.toFixed(1)} % of a core`,
    ]),
  );
  results.setup = await measureSetup('voice-enhance', packets);
  results.duplex = await measureLive('voice-enhance', 40, packets);
  results.listening = await measureLive('transcribe-prep', 80, packets);
  print('Capacity and set-up', [
    ['full-chain duplex sessions a core', `${perCore(results.duplex)} (${load(results.duplex)})`],
    ['receive-only sessions a core', `${perCore(results.listening)} (${load(results.listening)})`],
    ['memory a session', `${(results.duplex.bytesPerSession / 2 ** 20).toFixed(2)} MB`],
    ['offer to first processed audio', `${results.setup.medianMs.toFixed(0)} ms`],
  ]);
}

async function measureFallback(results, packets) {
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
      // What only listens sends nothing to be late with.
      `${perCore(live)} sessions a core (${load(live)})${live.p99Us ? `, p50 ${time(live.p50Us)}, p99 ${time(live.p99Us)}` : ''}`,
    ]),
  );
}

function load({ sessions, corePercent }) {
  return `${sessions} live ones take ${corePercent.toFixed(0)} % of a core`;
}

/** Opus packets of the speech fixture: 20 ms each, 32 kbit/s. */
function speechPackets() {
  return example('session', 'encode_wav', [`${ROOT}tests/fixtures/speech.wav`]).map(({ base16 }) =>
    Buffer.from(base16, 'hex'),
  );
}
