/** What an addon must have to be the one that this package was written for; a test compares it with the addon. */
import type { Native } from './native.js';

/** By what is exported, the members of its class. */
export const SURFACE: { readonly [Name in keyof Native]: readonly string[] } = {
  MediaPlane: [
    'port',
    'openSession',
    'startMedia',
    'setRemoteAddress',
    'sendDatagram',
    'drain',
    'stats',
    'planeStats',
    'metrics',
    'totals',
    'endInput',
    'setNodeState',
    'tap',
    'flushAudio',
    'hosts',
    'giveHostAudio',
    'hostQueued',
    'hostLate',
    'closeSession',
    'close',
  ],
  OfflinePipeline: [
    'inputFrameSamples',
    'outputFormat',
    'latencySamples',
    'plan',
    'nodeIds',
    'hosts',
    'process',
    'hostFrame',
    'giveHostAudio',
    'hostQueued',
    'hostLate',
    'endOfInput',
    'setNodeState',
    'reset',
    'drainEvents',
    'drainUtterances',
    'drainChunks',
    'metrics',
    'total',
  ],
  RateConverter: ['inputSamples', 'outputSamples', 'latencySamples', 'process'],
  Resampler: ['convert', 'convertInto', 'outputSamples'],
  ValuePipeline: ['graphInfo', 'execute', 'reset'],
  complaintsAsWritten: [],
  convertSamples: [],
  convertSamplesInto: [],
  externalMentions: [],
  interpolateManifest: [],
  logMelSpectrogram: [],
  nodeCatalogue: [],
  opusVersion: [],
  planPipeline: [],
  validateManifest: [],
  version: [],
};

/** The first thing that a loaded addon has not; undefined where it has everything. */
export function missingFrom(addon: object): string | undefined {
  const exported = addon as { readonly [name: string]: { readonly prototype?: object } | undefined };
  for (const [name, members] of Object.entries(SURFACE)) {
    if (exported[name] === undefined) return name;
    const missing = members.find((member) => !(member in (exported[name]?.prototype ?? {})));
    if (missing !== undefined) return `${name}.${missing}`;
  }
  return undefined;
}
