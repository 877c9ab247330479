/** A node's verdicts and sound are those of the audio, not of the pieces in which it comes: every node of the catalogue. */
import { chooseRuntime, type Item, Pipeline } from '@remotemedia/pipeline';
import { expect, it } from 'vitest';
import { loadFixture } from './signal/fixtures.js';

interface CatalogueNode {
  readonly node_type: string;
  readonly role: string;
}

const catalogue: readonly CatalogueNode[] = JSON.parse(chooseRuntime().offline.nodeCatalogue());
const onAudio = catalogue.filter(({ role, node_type }) => role !== 'value' && node_type !== 'FaultNode');

/** Speech that drops out, that is clipped, a second of silence, and the key 1. */
const audio = signal();

it.each(onAudio)('$node_type', async ({ node_type }) => {
  const expected = await resultOf(node_type, 10);
  for (const ms of [20, 64, 7.3]) expect(await resultOf(node_type, ms), `${ms} ms`).toEqual(expected);
});

it('the nodes were found, and hear something to judge', async () => {
  expect(onAudio.length).toBeGreaterThan(30);
  const said = await Promise.all(
    onAudio.map(async ({ node_type }) => (await resultOf(node_type, 20)).events),
  );
  expect(new Set(said.flat().map(({ type }) => type)).size).toBeGreaterThan(15);
});

/** Behind a detector and monitors, to which some listen. */
async function resultOf(nodeType: string, ms: number) {
  const listened = ['SileroVADNode', 'SilenceDetectorNode', 'ClippingDetectorNode'];
  const nodes = [...listened, nodeType].map((node_type, index) => ({ id: `n${index}`, node_type }));
  const connections = listened.map((_, index) => ({ from: `n${index}`, to: `n${listened.length}` }));
  const length = Math.round((audio.sampleRate * ms) / 1000);
  const items: Item[] = Array.from({ length: Math.ceil(audio.samples.length / length) }, (_, n) => ({
    kind: 'audio',
    planes: [audio.samples.subarray(n * length, (n + 1) * length)],
    sampleRate: audio.sampleRate,
  }));
  const pipeline = Pipeline.fromManifest({ version: 'v1', nodes, connections });
  const { audio: given, events } = await pipeline.run({ items });
  return { sound: given && Buffer.concat(given.planes.map(bytes)).toString('base64'), events };
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function signal() {
  const { samples: speech, sampleRate } = loadFixture('speech');
  const samples = new Float32Array(sampleRate * 8);
  samples.set(speech.subarray(0, sampleRate * 6));
  const at = (from: number, to: number, change: (sample: number, seconds: number) => number) => {
    for (let n = from * sampleRate; n < to * sampleRate; n++)
      samples[n] = change(samples[n]!, n / sampleRate);
  };
  at(1, 4, (sample, seconds) => (seconds % 0.6 < 0.15 ? 0 : sample));
  at(5, 6, (sample) => Math.max(-1, Math.min(1, sample * 40)));
  const tone = (hz: number, seconds: number) => 0.2 * Math.sin(2 * Math.PI * hz * seconds);
  at(7, 7.1, (_, seconds) => tone(697, seconds) + tone(1209, seconds));
  return { samples, sampleRate };
}
