/**
 * The voice-activity network of the core against the ONNX model it was extracted from, run by an
 * independent runtime (onnxruntime-web) over speech in noise.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as onnx from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';

const WINDOW_SAMPLES = 512;
const CONTEXT_SAMPLES = 64;
const WAV_HEADER_BYTES = 44;

/** Samples of a fixture: 16-bit mono with the plain header that sox writes. */
function readFixture(name: string): Float32Array {
  const bytes = readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  expect(bytes.toString('latin1', 36, 40)).toBe('data');
  const length = (bytes.length - WAV_HEADER_BYTES) / 2;
  return Float32Array.from({ length }, (_, n) => bytes.readInt16LE(WAV_HEADER_BYTES + 2 * n) / 32_768);
}

/** Probabilities that the core computes, one a window. */
function probabilitiesOfCore(samples: Float32Array): number[] {
  const printed = execFileSync('cargo', ['run', '--quiet', '--example', 'silero_probabilities'], {
    cwd: new URL('../native-dsp/core', import.meta.url),
    input: Buffer.from(samples.buffer),
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return printed.trim().split('\n').map(Number);
}

/** Probabilities of the published model. */
async function probabilitiesOfModel(samples: Float32Array): Promise<number[]> {
  onnx.env.wasm.numThreads = 1;
  const require = createRequire(import.meta.url);
  const file = new URL('silero_vad_v6.onnx', `file://${require.resolve('@ricky0123/vad-web')}`);
  const session = await onnx.InferenceSession.create(readFileSync(file));
  const sr = new onnx.Tensor('int64', BigInt64Array.of(16_000n), []);
  const input = new Float32Array(CONTEXT_SAMPLES + WINDOW_SAMPLES);
  let state: onnx.Tensor = new onnx.Tensor('float32', new Float32Array(256), [2, 1, 128]);
  const probabilities: number[] = [];
  for (let start = 0; start + WINDOW_SAMPLES <= samples.length; start += WINDOW_SAMPLES) {
    input.copyWithin(0, WINDOW_SAMPLES);
    input.set(samples.subarray(start, start + WINDOW_SAMPLES), CONTEXT_SAMPLES);
    const frame = new onnx.Tensor('float32', input, [1, input.length]);
    const { output, stateN } = await session.run({ input: frame, state, sr });
    state = stateN!;
    probabilities.push(output!.data[0] as number);
  }
  return probabilities;
}

describe('the voice-activity network of the core', () => {
  it('differs from the published model by less than 1e-5 over speech in noise', async () => {
    const samples = readFixture('speech-noisy.wav');
    const expected = await probabilitiesOfModel(samples);
    const found = probabilitiesOfCore(samples);

    expect(found).toHaveLength(expected.length);
    // The fixture must exercise the network: certain speech and certain silence.
    expect(Math.max(...expected)).toBeGreaterThan(0.95);
    expect(Math.min(...expected)).toBeLessThan(0.05);
    const differences = expected.map((probability, n) => Math.abs(probability - found[n]!));
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  }, 300_000);
});
