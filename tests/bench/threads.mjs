/**
 * What an item costs a node in JavaScript, in the gateway's thread and in one of its own: from `push` to its output, one after the other.
 * Needs `npx tsc -b`; run by `node tests/bench/threads.mjs`, it prints the medians and the 99th percentiles.
 */
import { performance } from 'node:perf_hooks';
import { Pipeline } from '@remotemedia/pipeline';
import { workerHost } from '@remotemedia/pipeline/worker';

const ITEMS = 5000;
const STARTS = 20;
const base = new URL('../worker/nodes/', import.meta.url);
const INPUTS = {
  'a number': (n) => ({ kind: 'value', value: n }),
  '10 ms of audio': () => ({ kind: 'audio', planes: [new Float32Array(480).fill(0.25)], sampleRate: 48_000 }),
};

function pipelineOn(executor) {
  const node = { id: 'n', node_type: 'Faulty', module: './faulty.mjs', executor };
  const carries = { takes: ['value', 'audio'], gives: ['value', 'audio'] };
  const manifest = { version: 'v1', nodes: [{ ...node, ...carries, params: { create: 'nothing' } }] };
  return Pipeline.fromManifest(manifest, { base, hosts: [workerHost({ base })] });
}

async function times(executor, input) {
  const session = await pipelineOn(executor).session();
  const outputs = session.outputs[Symbol.asyncIterator]();
  const taken = [];
  for (let n = 0; n < ITEMS * 1.2; n++) {
    const item = input(n);
    const start = performance.now();
    await session.push(item);
    await outputs.next();
    // The first ones warm up.
    if (n >= ITEMS * 0.2) taken.push((performance.now() - start) * 1000);
  }
  await session.close();
  return taken.sort((a, b) => a - b);
}

/** From a new session to its first output, its thread included. */
async function starts(executor) {
  const pipeline = pipelineOn(executor);
  await pipeline.load();
  const taken = [];
  for (let n = 0; n < STARTS; n++) {
    const start = performance.now();
    const session = await pipeline.session();
    await session.push({ kind: 'value', value: 1 });
    await session.outputs[Symbol.asyncIterator]().next();
    taken.push(performance.now() - start);
    await session.close();
  }
  return taken.sort((a, b) => a - b);
}

const at = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)].toFixed(1);
for (const executor of ['javascript', 'worker']) {
  for (const [name, input] of Object.entries(INPUTS)) {
    const sorted = await times(executor, input);
    console.log(`${executor}, ${name}: p50 ${at(sorted, 0.5)} us, p99 ${at(sorted, 0.99)} us`);
  }
  const sorted = await starts(executor);
  console.log(`${executor}, first output of a session: p50 ${at(sorted, 0.5)} ms, most ${at(sorted, 1)} ms`);
}
