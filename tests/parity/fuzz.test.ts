/**
 * Whatever graph of the catalogue there is, and whatever audio comes: nothing panics, what comes out is finite, the same on both runtimes, and the
 * same however the audio was cut. `FUZZ_SEEDS=1000:2000` tries those graphs.
 */
import {
  type AudioFormat,
  type Complaint,
  loadNative,
  loadWasmFile,
  type NodeState,
  type OfflinePipeline,
} from '@remotemedia/native-dsp';
import { Pipeline, type PipelineOutput } from '@remotemedia/pipeline';
import { describe, expect, it } from 'vitest';
import { casesOf, type NodeType } from './cases.js';
import { differences, type Tolerance } from './compare.js';
import { Draws, randomAudio, randomFormat, randomManifest, randomPieces } from './random-graphs.js';
import { concatenate, digestOfSamples, type Record, record } from './record.js';

const [FIRST = 0, END = 120] = (process.env['FUZZ_SEEDS'] ?? '').split(':').filter(Boolean).map(Number);
const SEEDS = Array.from({ length: END - FIRST }, (_, index) => FIRST + index);
const TIMEOUT_MS = 2_000 * SEEDS.length;
const SECONDS = 0.6;
/** Of a session, whose audio may be of a rate that has no whole frames. */
const ODD_RATES_HZ = [11_025, 22_050, 8_001];
/** Beyond this nothing enters a pipeline. */
const LOUDEST = 1_000;
/** Logarithms near their floor, and decibels in tenths, are further apart than what they are made of. */
const VALUES = 5e-3;
const AUDIO = 1e-5;
/** On such audio gains are ratios of rounding errors; which step a sample is rounded to may depend on one. What follows hears it. */
const DECIDING: ReadonlySet<string> = new Set(['DenoiseNode', 'RustFormatConverterNode']);

const [native, wasm] = [loadNative(), loadWasmFile()];
const catalogue = JSON.parse(native.nodeCatalogue()) as NodeType[];
const types = catalogue.filter(
  ({ works_on, node_type }) => works_on.includes('audio') && node_type !== 'FaultNode',
);

it(
  'any graph gives finite numbers, the same on both runtimes, or is refused by both with a hint',
  () => {
    const ran = new Set<string>();
    const complaints: string[] = [];
    let refused = 0;
    let events = 0;
    for (const seed of SEEDS) {
      const draws = new Draws(seed);
      const format = randomFormat(draws);
      const manifest = randomManifest(draws, types);
      const planes = randomAudio(draws, format, SECONDS);
      const switching = randomSwitches(draws, manifest);
      const [ours, theirs] = [native, wasm].map((it) => record(it, { manifest, format }, planes, switching));
      const faults =
        refusalIn(ours!) === undefined
          ? faultsOf(ours!, theirs!, manifest, planes)
          : differences(ours!, theirs!, EXACT);
      complaints.push(...faults.map((fault) => `seed ${seed}: ${fault}, of ${manifest}`));
      if (refusalIn(ours!) !== undefined) refused++;
      else for (const { node_type } of nodesOf(manifest)) ran.add(node_type);
      events += ours!.events.length;
    }
    expect(complaints).toEqual([]);
    // All of it was tried, often enough to mean something.
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(SEEDS.length / 2);
    expect(events).toBeGreaterThan(SEEDS.length);
    expect(types.map(({ node_type }) => node_type).filter((type) => !ran.has(type))).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'any graph gives the very same however its audio is cut',
  async () => {
    let ran = 0;
    for (const seed of SEEDS.slice(0, Math.ceil(SEEDS.length / 2))) {
      const draws = new Draws(seed);
      const format = randomFormat(draws);
      if (draws.once(3)) format.sampleRate = draws.one(ODD_RATES_HZ);
      const manifest = randomManifest(draws, types);
      const planes = randomAudio(draws, format, SECONDS);
      const whole = await outcome(manifest, format, [planes]);
      const cut = await outcome(manifest, format, randomPieces(draws, planes));
      expect(cut, `seed ${seed}: ${manifest}`).toEqual(whole);
      if (typeof whole !== 'string') ran++;
    }
    expect(ran).toBeGreaterThan(SEEDS.length / 6);
  },
  TIMEOUT_MS,
);

const CONSTANTS: readonly number[] = [NaN, Infinity, -Infinity, 1e38, -3e38, 1e-42, -1e-45, -0, 1, -0.3];

describe.each(types)('$node_type', (type) => {
  it('bears a third of a second of the same, whatever it is, on both runtimes, and then works', () => {
    const format = { sampleRate: 48_000, channels: 2 };
    const { manifest } = casesOf(type, catalogue)[0]!;
    const talk = Float32Array.from({ length: 16_000 }, (_, n) => 0.3 * Math.sin(n / 7) * Math.sin(n / 900));
    for (const constant of CONSTANTS) {
      const plane = concatenate([new Float32Array(16_000).fill(constant), talk]);
      const [ours, theirs] = [native, wasm].map((it) => record(it, { manifest, format }, [plane, plane]));
      expect(faultsOf(ours!, theirs!, manifest, [plane]), String(constant)).toEqual([]);
      // A gate stays shut where nobody speaks.
      if (ours!.audio.length > 0 && type.node_type !== 'SpeculativeVADGate')
        expect(ours!.audio.slice(-8_000).some((sample) => sample !== 0)).toBe(true);
    }
  });
});

const EXACT: Tolerance = { audio: 0, looseFromS: Infinity, looseAudio: 0, values: 0 };

/** Nodes are switched off and on while audio runs. */
function randomSwitches(draws: Draws, manifest: string): (pipeline: OfflinePipeline, frame: number) => void {
  const ids = nodesOf(manifest).map(({ id }) => id);
  const changes = Array.from({ length: draws.below(5) }, () => ({
    at: draws.below(100 * SECONDS),
    id: draws.one(ids),
    state: draws.one<NodeState>(['enabled', 'bypass', 'disabled']),
  }));
  return (pipeline, frame) => {
    for (const { at, id, state } of changes) if (at === frame) pipeline.setNodeState(id, state);
  };
}

/** The complaints, where the manifest was refused as manifests are; undefined where it ran, or failed otherwise. */
function refusalIn({ error }: Record): Complaint[] | undefined {
  const { code, complaints } = JSON.parse(error ?? '{}') as { code?: string; complaints?: Complaint[] };
  const areHelpful = complaints?.every(({ path, message, hint }) => path && message && hint);
  return code === 'invalid_manifest' && areHelpful ? complaints : undefined;
}

/** What is wrong with what a graph gave on the two runtimes. */
function faultsOf(ours: Record, theirs: Record, manifest: string, planes: readonly Float32Array[]): string[] {
  const failures = [ours, theirs].flatMap(({ error }) => (error === null ? [] : [`it failed: ${error}`]));
  const told = [...ours.events, ...theirs.events];
  const failed = told.filter((text) => text.includes('"node_error"'));
  // JSON has no NaN and no infinity: they become null, which only the node may be.
  const unsound = told.filter((text) => /(?<!"node_id"):null|[[,]null/.test(text));
  const wild = [ours, theirs]
    .flatMap(({ audio, chunks }) => [audio, chunks])
    .filter((it) => !it.every(Number.isFinite));
  const isComparable = nodesOf(manifest).every(({ node_type }) => !DECIDING.has(node_type));
  const peak = Math.max(...[ours.audio, ...planes].map(peakOf));
  return [
    ...failures,
    ...failed,
    ...unsound,
    ...wild.map(() => 'not finite'),
    ...(isComparable ? differences(audible(ours, peak), audible(theirs, peak), toleranceOf(peak)) : []),
  ];
}

/** Spectra without what is far below the loudest: rounding errors. */
function audible(record: Record, peak: number): Record {
  const floorDbfs = -90 + 20 * Math.log10(peak);
  const events = record.events.map((text) => {
    const event = JSON.parse(text) as { bands_dbfs?: number[]; values?: number[] };
    if (event.bands_dbfs) event.bands_dbfs = event.bands_dbfs.map((level) => Math.max(level, floorDbfs));
    // Of log-mel frames: powers of ten.
    if (event.values) event.values = event.values.map((power) => Math.max(power, -4));
    return JSON.stringify(event);
  });
  return { ...record, events };
}

/** What is loud leaves rounding errors that are. */
function toleranceOf(peak: number): Tolerance {
  return { audio: AUDIO * peak, looseFromS: Infinity, looseAudio: AUDIO * peak, values: VALUES };
}

/** At least full scale. */
function peakOf(samples: Float32Array): number {
  return samples.reduce((most, it) => (Math.abs(it) <= LOUDEST ? Math.max(most, Math.abs(it)) : most), 1);
}

function nodesOf(manifest: string): { readonly id: string; readonly node_type: string }[] {
  return JSON.parse(manifest).nodes;
}

/** All that a session gives, its audio in one piece; or why there is none. */
async function outcome(manifest: string, { sampleRate }: AudioFormat, pieces: readonly Float32Array[][]) {
  let pipeline: Pipeline;
  try {
    pipeline = Pipeline.fromYaml(manifest, { runtime: native });
  } catch (error) {
    return String(error);
  }
  const outputs: PipelineOutput[] = [];
  try {
    const session = await pipeline.session();
    const feed = async () => {
      for (const planes of pieces) await session.push({ kind: 'audio', planes, sampleRate });
      await session.end();
    };
    const read = async () => {
      for await (const output of session.outputs) outputs.push(output);
    };
    await Promise.all([feed(), read()]);
  } catch (error) {
    return String(error);
  }
  const audio = outputs.flatMap(({ item }) => (item.kind === 'audio' ? [item.planes] : []));
  const channels = audio[0]?.map((_, channel) => concatenate(audio.map((planes) => planes[channel]!)));
  const others = outputs.filter(({ item }) => item.kind !== 'audio');
  return {
    audio: channels?.map((samples) => `${samples.length} samples ${digestOfSamples(samples)}`),
    // What comes with events, too.
    others: others.map(({ nodeId, item }) => JSON.stringify([nodeId, item], inShort)),
  };
}

function inShort(_key: string, value: unknown): unknown {
  return value instanceof Float32Array ? digestOfSamples(value) : value;
}
