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

const times = { resample_ms: [], vad_ms: [], format_ms: [], pipeline_ms: [] };
const before = process.memoryUsage.rss();
let resampler;
let detector;
let audio;
let samples;
for (let run = 0; run < RUNS; run++) {
  const start = performance.now();
  resampler ??= new native.Resampler({ fromHz: 44_100, toHz: 16_000, channels: 2, layout: 'interleaved' });
  audio ??= new Float32Array(2 * resampler.outputSamples(music.length / 2));
  resampler.convertInto(music, audio);
  const resampled = performance.now();
  detector ??= new native.OfflinePipeline(manifest, { sampleRate: 16_000, channels: 2 });
  const { input } = detector;
  for (let at = 0; at < audio.length; at += 2 * FRAME) {
    for (let n = 0; n < FRAME; n++) {
      input[n] = audio[at + 2 * n];
      input[FRAME + n] = audio[at + 2 * n + 1];
    }
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
if (samples.length !== 320_000 || samples.every((sample) => sample === 0))
  throw new Error('nothing came out');
console.log(JSON.stringify({ ...times, memory_mb: (process.memoryUsage.rss() - before) / 2 ** 20 }));
