/** What every transport must give the same of. */
import type { Item } from '@remotemedia/pipeline';
import { loadFixture } from '../signal/fixtures.js';
import type { Choice, Output } from './support/transport.js';

export interface Case {
  readonly name: string;
  readonly choice: Choice;
  readonly items: readonly Item[];
}

const chain = (
  ...nodes: readonly { id: string; node_type: string; params?: object; is_output_node?: boolean }[]
) => ({
  version: 'v1',
  metadata: { name: 'case' },
  nodes,
  connections: nodes.slice(1).map(({ id }, index) => ({ from: nodes[index]!.id, to: id })),
});

export const CALCULATOR = chain(
  { id: 'multiply', node_type: 'MultiplyNode', params: { multiplier: 2 } },
  { id: 'add', node_type: 'AddNode', params: { addend: 10 } },
);
export const ECHO = chain({ id: 'echo', node_type: 'PassThrough' });
const VAD = chain(
  { id: 'highpass', node_type: 'HighPassNode' },
  { id: 'vad', node_type: 'SileroVADNode', params: { emit_probability: true }, is_output_node: true },
);

export const value = (content: unknown): Item => ({ kind: 'value', value: content as never });

/** The first sentence of the speech fixture, in pieces of 200 ms. */
function speech(): Item[] {
  const { samples, sampleRate } = loadFixture('speech');
  const piece = sampleRate / 5;
  return Array.from({ length: 25 }, (_, index) => ({
    kind: 'audio',
    planes: [samples.slice(index * piece, (index + 1) * piece)],
    sampleRate,
  }));
}

/** Odd lengths, two channels. */
function stereo(): Item[] {
  const planes = [1, 2].map((factor) =>
    Float32Array.from({ length: 1111 }, (_, n) => Math.sin(n * 0.01 * factor)),
  );
  return [0, 1, 2].map(() => ({ kind: 'audio', planes, sampleRate: 16_000 }));
}

export const CASES: readonly Case[] = [
  { name: 'a calculator', choice: { manifest: CALCULATOR }, items: [5, 7, 3].map(value) },
  { name: 'values that are falsy', choice: { manifest: ECHO }, items: [0, '', false, null].map(value) },
  {
    name: 'texts and objects',
    choice: { manifest: ECHO },
    items: ['grün', { a: [1, { b: null }] }].map(value),
  },
  { name: 'an echo of two channels', choice: { manifest: ECHO }, items: stereo() },
  { name: 'a named pipeline on speech', choice: { pipeline: 'voice-enhance' }, items: speech() },
  { name: 'voice activity in speech', choice: { manifest: VAD }, items: speech() },
];

export const REFUSALS: readonly (Case & { readonly code: string })[] = [
  {
    name: 'a pipeline that is not there',
    choice: { pipeline: 'nope' },
    items: [value(1)],
    code: 'unknown_pipeline',
  },
  {
    name: 'a node type that is not there',
    choice: { manifest: chain({ id: 'a', node_type: 'Nonsense' }) },
    items: [value(1)],
    code: 'invalid_manifest',
  },
  {
    name: 'code to be loaded',
    choice: { manifest: { ...ECHO, nodes: [{ id: 'a', node_type: 'Mine', module: './mine.js' }] } },
    items: [value(1)],
    code: 'module_not_allowed',
  },
  {
    name: 'a value that is no number',
    choice: { manifest: CALCULATOR },
    items: [value({})],
    code: 'invalid_input',
  },
  {
    name: 'a value for a pipeline on audio',
    choice: { manifest: VAD },
    items: [value(1)],
    code: 'invalid_input',
  },
];

/** Results without what transports may differ in: the order of values, events and audio among each other, and how audio is cut. */
export function essence(outputs: readonly Output[]) {
  const audio = outputs.filter((output) => output.kind === 'audio');
  return {
    values: outputs.filter(({ kind }) => kind === 'value'),
    events: outputs.filter(({ kind }) => kind === 'event'),
    format: audio[0] && { sampleRate: audio[0].sampleRate, channels: audio[0].channels },
    samples: Buffer.concat(
      audio.map(({ samples }) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)),
    ),
  };
}
