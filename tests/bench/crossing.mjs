/** From JavaScript into Rust and back: a frame as typed array, and the same frame as JSON text. */
import { loadNative } from '@remotemedia/native-dsp';
import { alternate, manifest, timeEach } from './harness.mjs';

const CALLS = 200_000;
const FRAME = 480;

/** Cost of one call with a frame, and what it leaves to the garbage collector. */
export function measureCall(rounds = 7) {
  const pipeline = gain();
  pipeline.input.fill(0.25);
  const turns = [];
  let heapBytesPerCall = 0;
  for (let round = 0; round <= rounds; round++) {
    const heapBefore = process.memoryUsage().heapUsed;
    const start = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i++) pipeline.process();
    const nanoseconds = Number(process.hrtime.bigint() - start) / CALLS;
    // The first round is the warm-up.
    if (round > 0) turns.push(nanoseconds);
    heapBytesPerCall = Math.max(0, process.memoryUsage().heapUsed - heapBefore) / CALLS;
  }
  if (pipeline.output[0] !== 0.25) throw new Error('the frame did not come through');
  return { nanoseconds: turns.sort((a, b) => a - b)[Math.floor(rounds / 2)], heapBytesPerCall };
}

/**
 * The seed's "fast path": what a frame costs that crosses as typed array, and one whose samples cross as JSON text in
 * both directions. The work in between (nothing) is the same.
 */
export function measureJsonPath(rounds = 15) {
  const pipeline = gain();
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

function gain() {
  return new (loadNative().OfflinePipeline)(manifest(['PassThrough']), { sampleRate: 48_000, channels: 1 });
}
