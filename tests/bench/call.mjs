/** Cost of one call from JavaScript into Rust and back with a frame of 480 samples. */
import { loadNative } from '@remotemedia/native-dsp';

const MANIFEST = JSON.stringify({
  version: 'v1',
  metadata: { name: 'call' },
  nodes: [{ id: 'n', node_type: 'PassThrough' }],
});
const CALLS = 200_000;
const ROUNDS = 7;

/** Median over rounds. Samples go in and out through shared arrays, so nothing is copied or allocated. */
export function measureCall() {
  const { OfflinePipeline } = loadNative();
  const pipeline = new OfflinePipeline(MANIFEST, { sampleRate: 48_000, channels: 1 });
  pipeline.input.fill(0.25);
  const rounds = [];
  let heapBytesPerCall = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const heapBefore = process.memoryUsage().heapUsed;
    const start = process.hrtime.bigint();
    for (let i = 0; i < CALLS; i++) pipeline.process();
    const nanoseconds = Number(process.hrtime.bigint() - start) / CALLS;
    // The first round is the warm-up.
    if (round > 0) rounds.push(nanoseconds);
    heapBytesPerCall = Math.max(0, process.memoryUsage().heapUsed - heapBefore) / CALLS;
  }
  if (pipeline.output[0] !== 0.25) throw new Error('the frame did not come through');
  return { nanoseconds: rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)], heapBytesPerCall };
}
