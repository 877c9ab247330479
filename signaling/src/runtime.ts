/** What signaling needs of the runtime: which one it is, its version, its catalogue. */
import { readFileSync } from 'node:fs';
import type { OfflineRuntime } from '@remotemedia/native-dsp';
import { chooseRuntime, environmentChoice } from '@remotemedia/pipeline';
import { importManifest } from '@remotemedia/pipeline/import';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import type { ManifestImporter, RuntimeInfo } from './context.js';
import type { NodeTypeView } from './protocol/index.js';

export interface OpenRuntime {
  readonly info: RuntimeInfo;
  readonly offline: OfflineRuntime;
  readonly importManifest: ManifestImporter;
}

/**
 * @param warn gets the reason where it is not the native one, unless that was asked for.
 * @throws RuntimeUnavailableError, which says how to build it.
 */
export function openRuntime(
  environment: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): OpenRuntime {
  const runtime = chooseRuntime({ wanted: environmentChoice(environment), warn });
  const { offline } = runtime;
  const nodeTypes = JSON.parse(offline.nodeCatalogue()) as NodeTypeView[];
  return {
    offline,
    importManifest: (manifest) =>
      importManifest(manifest, { runtime: offline, nodeTypes, externals: PYTHON_NODE_SPECS }),
    info: {
      version: ownVersion(),
      runtime: runtime.name,
      reason: runtime.reason,
      opus: runtime.opusVersion,
      nodeTypes,
    },
  };
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
