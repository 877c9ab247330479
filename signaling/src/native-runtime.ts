/** What signaling needs of the native runtime: the check of manifests, the catalogue, versions. */
import { readFileSync } from 'node:fs';
import { loadNative, type ManifestValidation } from '@remotemedia/native-dsp';
import type { RuntimeInfo } from './context.js';
import type { ManifestChecker } from './pipelines/catalogue.js';
import type { NodeTypeView } from './protocol/index.js';

/** What a browser sends after decoding. */
const SESSION_FORMAT = { sampleRate: 48_000, channels: 1 };

/** @throws NativeUnavailableError, which says how to build it. */
export function openNativeRuntime(): { readonly info: RuntimeInfo; readonly checker: ManifestChecker } {
  const native = loadNative();
  return {
    info: {
      version: ownVersion(),
      runtime: 'native',
      opus: native.opusVersion,
      nodeTypes: JSON.parse(native.nodeCatalogue()) as NodeTypeView[],
    },
    checker: {
      validate: (text) => JSON.parse(native.validateManifest(text, 'audio')) as ManifestValidation,
      latencyMs: (text) => {
        const { latencySamples, outputFormat } = new native.OfflinePipeline(text, SESSION_FORMAT);
        return (latencySamples / (outputFormat ?? SESSION_FORMAT).sampleRate) * 1000;
      },
    },
  };
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
