/** What the figures must reach: rows of what, bar, measured, and whether it is so. */
import { time } from './harness.mjs';
import { NOT_MEASURED } from './tables.mjs';

/** @returns {string[][]} rows; those without a measurement say so. */
export function bars(gateway, python) {
  const live = gateway.live.find(({ sessions }) => sessions === 20);
  const echo = gateway.transport.find(({ name }) => name === 'transport_echo');
  const { resampling, chunks, quality, silero, jsonPath, cold } = python;
  const theirs = (subject, ...names) => names.map((name) => subject[name]).filter(Boolean);
  const fastest = Math.min(...theirs(resampling, 'soxr', 'soxr_planar', 'librosa').map((it) => it.medianUs));
  const coldRatio = (key) => cold?.librosa && cold.librosa[key] / cold.native[key];
  return [
    below('latency added, 20 sessions, p50', live.p50Us, 800),
    below('latency added, 20 sessions, p99', live.p99Us, 3_000),
    above('full-chain duplex sessions a core', perCore(gateway.duplex), 40),
    above('receive-only sessions a core', perCore(gateway.listening), 120),
    below('transport, CPU per packet', echo.cpu_us_per_packet, 15),
    below('call into Rust with a frame', gateway.call.nanoseconds / 1_000, 1),
    below('recording metrics, a node and frame', recordingNs(gateway) / 1_000, 0.5),
    below('offer to first processed audio', gateway.setup.medianMs * 1_000, 300_000),
    below(
      '10 s of stereo to 16 kHz, warm, against the fastest of Python',
      resampling.native.medianUs,
      fastest,
    ),
    below(
      '10 ms of stereo to 16 kHz (very_high), mean, against soxr',
      chunks.native_very_high.meanUs,
      chunks.soxr_chunk?.meanUs,
    ),
    below(
      '10 ms of stereo to 16 kHz (high), mean, against soxr',
      chunks.native.meanUs,
      chunks.soxr_chunk?.meanUs,
    ),
    decibels(
      'worst alias of the whole signal, against soxr',
      quality.native.worstAliasDb,
      quality.soxr?.worstAliasDb,
    ),
    decibels(
      'worst alias of the chunks (very_high)',
      quality.native_chunk_very_high.worstAliasDb,
      quality.soxr?.worstAliasDb,
    ),
    below('Silero, a window', silero.native.medianUs, 130),
    below('Silero, a window, against onnxruntime', silero.native.medianUs, silero.onnxruntime?.medianUs),
    below('Silero, a window, WebAssembly', silero.wasm?.medianUs, 200),
    above('typed arrays against JSON text, times', jsonPath.json.medianUs / jsonPath.typed.medianUs, 16.3),
    above('cold resampling against librosa, times', coldRatio('resample_ms'), 121.5),
    above('cold pipeline against librosa, times', coldRatio('pipeline_ms'), 62.2),
    // As the seed's ratio was had; ours does not grow then, so it is the growth that has a bar.
    megabytes(
      'memory growth in the next five calls, against a 107th of what librosa takes in its first',
      cold?.native.second_memory_mb,
      cold?.librosa && cold.librosa.memory_mb / 107,
    ),
  ];
}

/** What recording metrics costs a node and frame. */
export const recordingNs = ({ metrics }) =>
  metrics.find(({ name }) => name === 'recording').ns_per_node_and_frame;

/** Sessions that fill one core, going by those that were measured. */
export const perCore = ({ sessions, corePercent }) => Math.floor((100 * sessions) / corePercent);

const below = (what, value, bar) => row(what, value, bar, time, (a, b) => a <= b);
const above = (what, value, bar) => row(what, value, bar, short, (a, b) => a >= b);
const decibels = (what, value, bar) =>
  row(
    what,
    value,
    bar,
    (db) => `${db.toFixed(1)} dB`,
    (a, b) => a <= b,
  );
const megabytes = (what, value, bar) =>
  row(
    what,
    value,
    bar,
    (mb) => `${mb.toFixed(2)} MB`,
    (a, b) => a <= b,
  );
const short = (value) => `${Number(value.toFixed(1))}`;

function row(what, value, bar, show, reaches) {
  if (![value, bar].every(Number.isFinite)) return [what, '', NOT_MEASURED, ''];
  return [what, show(bar), show(value), reaches(value, bar) ? 'reached' : 'missed'];
}
