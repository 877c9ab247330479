/** Pipelines whose nodes are written in several languages, on both runtimes. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadWasmFile } from '@remotemedia/native-dsp';
import { chooseRuntime, defineNode, Pipeline } from '@remotemedia/pipeline';
import { pythonHost } from '@remotemedia/pipeline/python';
import { describe, expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';

/** Python takes seconds to start where the machine is busy. */
const PATIENCE_MS = 90_000;

const path = fileURLToPath(new URL('pipeline.yaml', import.meta.url));
const python = () => pythonHost({ base: pathToFileURL(path) });

describe.each([
  ['native', () => chooseRuntime().offline],
  ['wasm', () => loadWasmFile()],
] as const)('on the %s runtime', (_name, load) => {
  it(
    'a value goes through Python, JavaScript and Rust, each output in its order',
    async () => {
      const pipeline = await Pipeline.fromFile(path, { hosts: [python()], runtime: load() });
      const { value, metrics } = await pipeline.run(['ab', '', 'c']);
      expect(value).toEqual(['A-!!', 'B-!!', 'C-!!']);
      expect(
        metrics.node_metrics.map((node) => [node.node_id, node.execution_count, node.error_count]),
      ).toEqual([
        // Its end is a call, too.
        ['letters', 4, 0],
        ['shout', 3, 0],
        ['pass', 3, 0],
      ]);
    },
    PATIENCE_MS,
  );

  it(
    'utterances that Rust cuts are counted in JavaScript and described in Python',
    async () => {
      const seconds = defineNode({
        type: 'Seconds',
        summary: 'How long an utterance is.',
        takes: ['event'],
        gives: ['value'],
        create: () => ({
          process(item) {
            if (item.kind !== 'event' || !item.audio) return undefined;
            const { planes, sampleRate } = item.audio;
            return { kind: 'value', value: { text: `${Math.round(planes[0]!.length / sampleRate)} s` } };
          },
        }),
      });
      const manifest = {
        version: 'v1',
        nodes: [
          { id: 'vad', node_type: 'SileroVADNode' },
          { id: 'cut', node_type: 'UtteranceSegmenterNode' },
          { id: 'seconds', node_type: 'Seconds' },
          { id: 'text', node_type: 'TextProcessorNode', params: { operations: ['uppercase'] } },
        ],
        connections: [
          { from: 'vad', to: 'cut' },
          { from: 'cut', to: 'seconds' },
          { from: 'seconds', to: 'text' },
        ],
      };
      const pipeline = Pipeline.fromManifest(manifest, {
        nodes: [seconds],
        hosts: [pythonHost()],
        runtime: load(),
      });
      const { samples, sampleRate } = loadFixture('speech');
      const { outputs, events } = await pipeline.run({ audio: Float32Array.from(samples), sampleRate });
      const utterances = events.filter(({ type }) => type === 'utterance');
      const texts = outputs.filter(({ nodeId }) => nodeId === 'text').map(({ item }) => item);
      expect(utterances.length).toBeGreaterThan(0);
      expect(texts).toHaveLength(utterances.length);
      for (const [n, utterance] of utterances.entries()) {
        const text = `${Math.round(Number(utterance['duration_ms']) / 1000)} S`;
        expect(texts[n]).toMatchObject({ kind: 'value', value: { results: { uppercase: text } } });
      }
    },
    PATIENCE_MS,
  );
});

it(
  'a module that is not there, or breaks, is told by its name',
  async () => {
    const manifest = (module: string) => ({ version: 'v1', nodes: [{ id: 'a', node_type: 'A', module }] });
    for (const module of ['./nodes/missing.mjs', './nodes/missing.py']) {
      const pipeline = Pipeline.fromManifest(manifest(module), {
        base: pathToFileURL(path),
        hosts: [python()],
      });
      await expect(pipeline.session()).rejects.toMatchObject({
        code: 'module_not_loaded',
        message: expect.stringContaining(module),
      });
    }
  },
  PATIENCE_MS,
);
