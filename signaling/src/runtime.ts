/** What signaling needs of the runtime: the check of manifests, the catalogue, versions, and which one it is. */
import { readFileSync } from 'node:fs';
import type { ManifestValidation, OfflineRuntime, PlanAnswer } from '@remotemedia/native-dsp';
import {
  audioPlan,
  chooseRuntime,
  complaintsAsWritten,
  environmentChoice,
  interpolation,
} from '@remotemedia/pipeline';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import type { RuntimeInfo } from './context.js';
import type { ManifestChecker } from './pipelines/catalogue.js';
import type { NodeTypeView } from './protocol/index.js';

/** What a browser sends after decoding. */
const SESSION_FORMAT = { sampleRate: 48_000, channels: 1 };

/** The nodes outside that pipelines may name without a module. */
const EXTERNALS = JSON.stringify(PYTHON_NODE_SPECS);

export interface OpenRuntime {
  readonly info: RuntimeInfo;
  readonly checker: ManifestChecker;
  readonly offline: OfflineRuntime;
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
  return {
    offline,
    info: {
      version: ownVersion(),
      runtime: runtime.name,
      reason: runtime.reason,
      opus: runtime.opusVersion,
      nodeTypes: JSON.parse(offline.nodeCatalogue()) as NodeTypeView[],
    },
    checker: {
      interpolate: (source) => interpolation(source, environment, offline),
      asWritten: (complaints, replaced) => complaintsAsWritten(complaints, replaced, offline),
      validate: (text) => {
        const result = JSON.parse(offline.validateManifest(text, undefined, EXTERNALS)) as ManifestValidation;
        // The plan of what works on either is that of its audio.
        if (result.kind !== 'either') return result;
        return JSON.parse(offline.validateManifest(text, 'audio', EXTERNALS)) as ManifestValidation;
      },
      latencyMs: (text) => {
        const { latencySamples, outputFormat } = new offline.OfflinePipeline(text, SESSION_FORMAT, EXTERNALS);
        return (latencySamples / (outputFormat ?? SESSION_FORMAT).sampleRate) * 1000;
      },
      plan: (text) => {
        const answer = JSON.parse(offline.planPipeline(text, 'audio', EXTERNALS)) as PlanAnswer;
        if (!answer.ok) throw new Error(`planned what was valid: ${JSON.stringify(answer.complaints)}`);
        return answer.plan.kind === 'either' ? audioPlan(answer.plan) : answer.plan;
      },
    },
  };
}

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
