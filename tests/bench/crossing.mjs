/** From JavaScript into Rust and back: a frame as typed array, and the same frame as JSON text. */
import { loadNative } from '@remotemedia/native-dsp';
import { alternate, manifest, median, timeEach } from './harness.mjs';

const CALLS = 1_000;
const FRAME = 480;

/** Cost of one call with a frame, the median over batches of calls, and what it leaves to the garbage collector. */
export function measureCall(batches = 500) {
  const pipeline = passThrough();
  pipeline.input.fill(0.25);
  const batch = () => {
    for (let i = 0; i < CALLS; i++) pipeline.process();
  };
  timeEach(batch, batches / 10);
  const heapBefore = process.memoryUsage().heapUsed;
  const times = timeEach(batch, batches);
  const heapBytesPerCall = Math.max(0, process.memoryUsage().heapUsed - heapBefore) / (CALLS * batches);
  if (pipeline.output[0] !== 0.25) throw new Error('the frame did not come through');
  return { nanoseconds: median(times) / CALLS, heapBytesPerCall };
}

/**
 * The seed's "fast path": what a frame costs that crosses as typed array, and one whose samples cross as JSON text in
 * both directions. The work in between (nothing) is the same.
 */
export function measureJsonPath(rounds = 15) {
  const pipeline = passThrough();
  const frame = Float32Array.from({ length: FRAME }, (_, n) => Math.sin(n / 7));
  const typed = () => {
    pipeline.input.set(frame);
    pipeline.process();
    return pipeline.output;
  };
  const json = () => {
    pipeline.input.set(JSON.parse(JSON.stringify(Array.from(frame))));
    pipeline.process();
    return JSON.parse(JSON.stringify(Array.from(pipeline.output)));
  };
  return alternate({ typed: () => timeEach(typed, 2_000), json: () => timeEach(json, 200) }, rounds);
}

function passThrough() {
  return new (loadNative().OfflinePipeline)(manifest(['PassThrough']), { sampleRate: 48_000, channels: 1 });
}
