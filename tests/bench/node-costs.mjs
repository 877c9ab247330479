/** Every node of the catalogue with its defaults, natively and on WebAssembly, driven from JavaScript. */
import { loadNative } from '@remotemedia/native-dsp';
import { alternate, manifest, turnsOf } from './harness.mjs';
import { ourSides } from './runtimes.mjs';

const FRAME = 480;
const FRAMES = 500;

/** A 10 ms frame of 48 kHz mono speech, the call included. */
export async function measureNodes(speech, rounds = 15) {
  const rows = [];
  for (const node of nodeTypes()) {
    const sides = ourSides(({ OfflinePipeline }) => {
      const pipeline = new OfflinePipeline(manifest([node]), { sampleRate: 48_000, channels: 1 });
      return { '': turn(pipeline, speech) };
    });
    rows.push({ name: node, ...(await alternate(sides, rounds, 2)) });
  }
  return rows;
}

/** Those that run alone with their defaults; `FaultNode` exists to fail. */
function nodeTypes() {
  const native = loadNative();
  const catalogue = JSON.parse(native.nodeCatalogue());
  const types = catalogue.map(({ node_type }) => node_type).filter((type) => type !== 'FaultNode');
  return types.filter((type) => JSON.parse(native.validateManifest(manifest([type]), 'audio')).ok);
}

function turn(pipeline, speech) {
  const frames = turnsOf((n) => {
    pipeline.input.set(speech.subarray(n * FRAME, (n + 1) * FRAME));
    pipeline.process();
  }, FRAMES);
  return () => {
    const times = frames();
    pipeline.drainEvents();
    return times;
  };
}
