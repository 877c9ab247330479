import { describe, expect, it } from 'vitest';
import type { AudioItem } from '../item.js';
import { Pipeline } from '../pipeline.js';
import { chooseRuntime } from '../runtime/runtime.js';
import { graphRate, RateAdapter } from './rate-adapter.js';

const tone = (samples: number, rate: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, index) => Math.sin((2 * Math.PI * 440 * index) / rate) / 2);

const cut = (plane: Float32Array, sampleRate: number, size: number): AudioItem[] =>
  Array.from({ length: Math.ceil(plane.length / size) }, (_, index) => ({
    kind: 'audio',
    planes: [plane.slice(index * size, (index + 1) * size)],
    sampleRate,
  }));

/** Largest difference, away from the ends, where the filter meets silence. */
function distance(found: Float32Array, expected: Float32Array): number {
  return found.reduce((most, sample, index) => {
    const isInside = index > 1000 && index < found.length - 1000;
    return isInside ? Math.max(most, Math.abs(sample - expected[index]!)) : most;
  }, 0);
}

describe('audio at a rate that no graph takes', () => {
  it('is given a small multiple, or a common rate', () => {
    expect([48_000, 16_000, 22_050, 11_025, 44_100, 44_056].map(graphRate)).toEqual([
      48_000, 16_000, 44_100, 44_100, 44_100, 48_000,
    ]);
  });

  it('stays in its place and lasts as long, however it is cut', () => {
    const adapter = new RateAdapter(chooseRuntime().offline.RateConverter, 22_050, 1);
    const items = cut(tone(22_050, 22_050), 22_050, 777).map((item) => adapter.convert(item));
    const found = Float32Array.from([...items, adapter.finish()].flatMap(({ planes }) => [...planes[0]!]));
    expect(found.length).toBe(44_100);
    expect(distance(found, tone(44_100, 44_100))).toBeLessThan(0.01);
  });

  it('goes through a pipeline', async () => {
    const session = await Pipeline.fromManifest({
      version: 'v1',
      metadata: { name: 'louder' },
      nodes: [{ id: 'gain', node_type: 'GainNode', params: { gain_db: 0 } }],
      connections: [],
    }).session();
    for (const item of cut(tone(22_050, 22_050), 22_050, 5000)) await session.push(item);
    await session.end();
    let samples = 0;
    for await (const { item } of session.outputs) {
      if (item.kind !== 'audio') continue;
      expect(item.sampleRate).toBe(44_100);
      samples += item.planes[0]!.length;
    }
    expect(samples).toBe(44_100);
  });
});
