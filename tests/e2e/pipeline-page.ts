/** The side of the browser: `@remotemedia/pipeline`, bundled as a page would, and what the test asks of it. */
import {
  decodeSamples,
  defineNode,
  loadWasm,
  Pipeline,
  parseWavHeader,
  type RunResult,
} from '@remotemedia/pipeline';
import { pythonHost } from '@remotemedia/pipeline/python/web';

declare global {
  interface Window {
    /** The page's own view of the package. */
    pipeline: {
      /** What one input gives; the values of its outputs. */
      runValues(manifest: string | object, input: unknown): Promise<Pick<RunResult, 'value'>>;
      runSpeech(manifest: string): Promise<{ events: unknown[]; samples: number }>;
      stream(manifest: object, values: readonly number[]): Promise<{ given: unknown[]; counted: unknown[] }>;
      refusalOfFiles(): Promise<string>;
      refusal(manifest: object, withRuntime: boolean): Promise<{ code: string; message: string }>;
    };
  }
}

const runtime = loadWasm(fetch('/remotemedia.wasm'));

/** Turns what is too loud into what is not, sample by sample. */
const clip = defineNode({
  type: 'ClipNode',
  summary: 'Clips audio.',
  takes: ['audio'],
  gives: ['audio'],
  params: [{ name: 'peak', type: 'number', min: 0, max: 1, default: 0.1, documentation: 'Largest sample.' }],
  create: ({ peak }) => ({
    frame(planes) {
      for (const plane of planes)
        for (const n of plane.keys()) plane[n] = Math.max(-peak, Math.min(peak, plane[n]!));
      return undefined;
    },
  }),
});

/** Asks somebody else, who takes a while. */
const label = defineNode({
  type: 'LabelNode',
  summary: 'Says what a number is.',
  takes: ['value'],
  gives: ['value'],
  create: () => ({
    async process(item) {
      const response = await fetch('/label');
      if (item.kind !== 'value') return undefined;
      return { kind: 'value', value: `${await response.text()} ${item.value}` };
    },
  }),
});

async function open(manifest: string | object): Promise<Pipeline> {
  const options = { runtime: await runtime, nodes: [clip, label], hosts: [pythonHost()] };
  return typeof manifest === 'string'
    ? Pipeline.fromYaml(manifest, options)
    : Pipeline.fromManifest(manifest, options);
}

window.pipeline = {
  async runValues(manifest, input) {
    const { value } = await (await open(manifest)).run(input as never);
    return { value };
  },
  async runSpeech(manifest) {
    const bytes = new Uint8Array(await (await fetch('/speech.wav')).arrayBuffer());
    const { format, dataOffset, dataBytes } = parseWavHeader(bytes)!;
    const audio = new Float32Array(dataBytes! / 2);
    decodeSamples(bytes.subarray(dataOffset), format, audio.length, [audio]);
    const { events, audio: given } = await (await open(manifest)).run({
      audio,
      sampleRate: format.sampleRate,
    });
    return { events: [...events], samples: given?.planes[0]?.length ?? 0 };
  },
  async stream(manifest, values) {
    const session = await (await open(manifest)).session();
    const feeding = (async () => {
      for (const value of values) await session.push({ kind: 'value', value });
      await session.end();
    })();
    const given: unknown[] = [];
    for await (const { item } of session.outputs) if (item.kind === 'value') given.push(item.value);
    await feeding;
    const { node_metrics } = session.getMetrics();
    await session.close();
    return { given, counted: node_metrics.map((node) => [node.node_id, node.execution_count]) };
  },
  async refusalOfFiles() {
    return Pipeline.fromFile('x.yaml').then(
      () => 'none',
      ({ code }) => code,
    );
  },
  async refusal(manifest, withRuntime) {
    try {
      if (withRuntime) await open(manifest);
      else Pipeline.fromManifest(manifest);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message };
    }
    throw new Error('it was taken');
  },
};
