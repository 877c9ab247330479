/** The same module in the gateway's thread and in one of its own: the same outputs, to the last bit. */
import { describe, expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';
import { pipelineOf } from './threads.js';

async function inBoth(node_type: string, input: Parameters<ReturnType<typeof pipelineOf>['run']>[0]) {
  const results = [];
  for (const executor of ['javascript', 'worker']) {
    const pipeline = pipelineOf({ node_type, module: './audio.mjs', executor }, { inFrames: true });
    const { audio, events, outputs } = await pipeline.run(input);
    expect(pipeline.plan.parts[0]?.executor).toBe(executor);
    results.push({ audio, events, outputs });
  }
  return results;
}

describe('audio', () => {
  const { samples, sampleRate } = loadFixture('speech');
  const speech = Float32Array.from(samples).subarray(0, 2 * sampleRate);

  it('in frames is the same from both, sample by sample', async () => {
    const [here, there] = await inBoth('Wobble', { audio: speech, sampleRate });
    expect(here!.audio?.planes[0]).toHaveLength(speech.length);
    expect(there).toEqual(here);
    expect(here!.audio?.planes[0]).not.toEqual(speech);
  });

  it('in items, with its events, is the same from both, in stereo at another rate', async () => {
    const left = Float32Array.from({ length: 44_100 }, (_, n) => Math.sin(n / 20) / 2);
    const audio = [left, left.map((sample) => -sample / 3)];
    const [here, there] = await inBoth('Differences', { audio, sampleRate: 44_100 });
    expect(here!.events.length).toBeGreaterThan(90);
    expect(there).toEqual(here);
  });
});
