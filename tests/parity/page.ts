/** The side of the browser: bundled without anything of Node, it loads the module and answers with the digests of the cases that it is given. */
import { loadWasm, type OfflineRuntime } from '@remotemedia/native-dsp/wasm';
import type { ParityCase } from './cases.js';
import { digest, digestOfTexts, record } from './record.js';
import { recordValues, type ValueCase } from './values.js';

declare global {
  interface Window {
    /** The digests of the cases, in their order. */
    runParity(cases: readonly ParityCase[]): Promise<string[]>;
    runValueParity(cases: readonly ValueCase[]): Promise<string[]>;
    /** What the runtime says about itself: the catalogue, and what it finds in manifests. */
    askParity(manifests: readonly string[]): Promise<{ catalogue: string; validations: string[] }>;
  }
}

let runtime: Promise<OfflineRuntime> | undefined;
const vectors = new Map<string, Promise<Float32Array>>();

function load(): Promise<OfflineRuntime> {
  runtime ??= loadWasm(fetch('/remotemedia.wasm'));
  return runtime;
}

/** Planes one after the other, made by the test. */
async function vector({ sampleRate, channels }: ParityCase['format']): Promise<Float32Array[]> {
  const path = `/vector/${sampleRate}/${channels}`;
  const known = vectors.get(path) ?? fetch(path).then(async (it) => new Float32Array(await it.arrayBuffer()));
  vectors.set(path, known);
  const all = await known;
  const length = all.length / channels;
  return Array.from({ length: channels }, (_, channel) =>
    all.subarray(channel * length, (channel + 1) * length),
  );
}

window.runParity = async (cases) => {
  const digests: string[] = [];
  for (const one of cases) digests.push(digest(record(await load(), one, await vector(one.format))));
  return digests;
};

window.runValueParity = async (cases) => {
  const wasm = await load();
  return cases.map((one) => digestOfTexts(recordValues(wasm, one)));
};

window.askParity = async (manifests) => {
  const wasm = await load();
  return {
    catalogue: wasm.nodeCatalogue(),
    validations: manifests.map((text) => wasm.validateManifest(text)),
  };
};
