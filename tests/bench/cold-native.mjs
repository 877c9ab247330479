/** Our side of cold.mjs, run in a fresh process: the counterpart of python/cold.py, line by line. */
import { readFileSync } from 'node:fs';
import { loadNative } from '@remotemedia/native-dsp';

const RUNS = 5;
const FRAME = 160;

// What an import statement does in Python: load, run nothing.
const native = loadNative();
const bytes = readFileSync(process.argv[2]);
const music = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
const manifest = JSON.stringify({
  version: 'v1',
  metadata: { name: 'cold' },
  nodes: [{ id: 'vad', node_type: 'RustVADNode' }],
});

let resampler;
let detector;
let audio;
let frames;
let samples;

/** Five calls, and by how much they have made the process grow. */
function block() {
  const times = { resample_ms: [], vad_ms: [], format_ms: [], pipeline_ms: [] };
  const before = process.memoryUsage.rss();
  for (let run = 0; run < RUNS; run++) call(times);
  return { ...times, memory_mb: (process.memoryUsage.rss() - before) / 2 ** 20 };
}

function call(times) {
  const start = performance.now();
  resampler ??= new native.Resampler({ fromHz: 44_100, toHz: 16_000, channels: 2, layout: 'planar' });
  audio ??= new Float32Array(2 * resampler.outputSamples(music.length / 2));
  resampler.convertInto(music, audio);
  const resampled = performance.now();
  detector ??= new native.OfflinePipeline(manifest, { sampleRate: 16_000, channels: 2 });
  frames ??= framesOf(audio);
  const { input } = detector;
  for (let n = 0; n < frames.length; n += 2) {
    input.set(frames[n]);
    input.set(frames[n + 1], FRAME);
    detector.process();
  }
  const judged = performance.now();
  samples ??= new Int16Array(audio.length);
  native.convertSamplesInto(audio, samples);
  const end = performance.now();
  times.resample_ms.push(resampled - start);
  times.vad_ms.push(judged - resampled);
  times.format_ms.push(end - judged);
  times.pipeline_ms.push(end - start);
}

/** Views of the planar signal: left and right of each frame in turns. */
function framesOf(planar) {
  const length = planar.length / 2;
  const views = [];
  for (let at = 0; at < length; at += FRAME)
    views.push(planar.subarray(at, at + FRAME), planar.subarray(length + at, length + at + FRAME));
  return views;
}

const first = block();
// The seed's own side came second in its process, when everything was loaded and its buffers were there.
const second = block();
if (samples.length !== 320_000 || samples.every((sample) => sample === 0))
  throw new Error('nothing came out');
console.log(JSON.stringify({ ...first, second_memory_mb: second.memory_mb }));
