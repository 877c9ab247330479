/** Audio that nobody can use: refused where it is handed in, on both runtimes alike, and the next is none the worse for it. */
import { runInNewContext } from 'node:vm';
import { loadNative, loadWasmFile, type OfflineRuntime } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import { type AudioItem, AudioPipeline, defineNode, Pipeline } from './index.js';
import { itemFault } from './item-fault.js';

const RUNTIMES: [string, OfflineRuntime][] = [
  ['natively', loadNative()],
  ['on WebAssembly', loadWasmFile()],
];
const LOUDER = { version: 'v1', nodes: [{ id: 'louder', node_type: 'GainNode', params: { gain_db: 6 } }] };
const plane = (length = 480) => new Float32Array(length).fill(0.25);
const audio = (planes: unknown, sampleRate: unknown = 48_000) =>
  ({ kind: 'audio', planes, sampleRate }) as AudioItem;

function givenAway(): Float32Array {
  const samples = plane();
  structuredClone(samples, { transfer: [samples.buffer] });
  return samples;
}

const NO_PLANES: readonly [name: string, planes: unknown][] = [
  ['16 bits', [Int16Array.of(1, 2, 3)]],
  ['64 bits', [Float64Array.of(0.1)]],
  ['bytes', [Uint8Array.of(1)]],
  ['a list of numbers', [[0.1, 0.2]]],
  ['samples without a list', plane()],
  ['memory that was given away', [givenAway()]],
  ['one plane that was given away', [plane(0), givenAway()]],
  ['planes of two lengths', [plane(), plane(479)]],
  ['no plane', []],
  ['nine planes', Array.from({ length: 9 }, () => plane())],
  ['nothing', [undefined]],
  ['a hole', new Array(1)],
  ['null', null],
  ['an object', { 0: plane(), length: 1 }],
];
const NO_RATES = [
  0,
  -48_000,
  Number.NaN,
  Infinity,
  44_100.5,
  999,
  768_001,
  1e300,
  '48000',
  48_000n,
  null,
  undefined,
];

describe.each(RUNTIMES)('%s', (_, runtime) => {
  const louder = () => Pipeline.fromManifest(LOUDER, { runtime });

  it('refuses planes and rates that there are not, and the session goes on', async () => {
    const session = await louder().session();
    const refused = { errorClass: 'invalid_input', code: 'unsound_audio' };
    for (const [name, planes] of NO_PLANES)
      await expect(session.push(audio(planes)), name).rejects.toMatchObject(refused);
    for (const rate of NO_RATES)
      await expect(
        session.push({ ...audio([plane()]), sampleRate: rate as number }),
        String(rate),
      ).rejects.toMatchObject(refused);
    for (const time of [Number.NaN, Infinity, '0', null])
      await expect(
        session.push({ ...audio([plane()]), mediaTimeSamples: time as number }),
      ).rejects.toMatchObject(refused);
    for (const nothing of [null, undefined, 1, 'audio', {}, { kind: 'sound' }])
      await expect(session.push(nothing as never), String(nothing)).rejects.toMatchObject({
        errorClass: 'invalid_input',
      });
    await session.push(audio([plane(480)]));
    await session.end();
    for await (const { item } of session.outputs)
      expect((item as AudioItem).planes[0]![0]).toBeCloseTo(0.25 * 10 ** (6 / 20), 6);
  });

  it('takes memory that is shared', async () => {
    const shared = new Float32Array(new SharedArrayBuffer(4 * 480)).fill(0.25);
    const { audio: heard } = await louder().run({ audio: shared, sampleRate: 48_000 });
    expect(heard!.planes[0]![479]).toBeCloseTo(0.4988, 3);
  });

  it('makes nothing of nothing', async () => {
    const pipeline = louder();
    const { audio: heard, events } = await pipeline.run({ audio: plane(0), sampleRate: 48_000 });
    expect([heard, events]).toEqual([undefined, []]);
    const session = await pipeline.session();
    for (const length of [0, 1, 0, 479, 0]) await session.push(audio([plane(length)]));
    await session.end();
    let samples = 0;
    for await (const { item } of session.outputs) samples += (item as AudioItem).planes[0]!.length;
    expect(samples).toBe(480);
  });

  it.each([
    ['the rate', audio([plane(160)], 16_000)],
    ['the channels', audio([plane(), plane()])],
    ['a rate that has to be converted', audio([plane(441)], 22_050)],
  ])('ends the session whose audio changes %s in the middle, and no other', async (_, other) => {
    const pipeline = louder();
    const session = await pipeline.session();
    await session.push(audio([plane()]));
    await session.push(other);
    const reading = (async () => {
      for await (const _ of session.outputs);
    })();
    await expect(reading).rejects.toMatchObject({ errorClass: 'invalid_input', code: 'format_changed' });
    const { audio: heard } = await pipeline.run({ audio: [...other.planes], sampleRate: other.sampleRate });
    expect(heard!.planes[0]!.at(100)).toBeCloseTo(0.4988, 1);
  });

  it('tells of audio that was given away while it waited', async () => {
    const session = await louder().session();
    const item = audio([plane()]);
    const pushed = session.push(item);
    structuredClone(item.planes, { transfer: [item.planes[0]!.buffer] });
    await pushed;
    const reading = (async () => {
      for await (const _ of session.outputs);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'unsound_audio' });
  });

  it('keeps a node outside from giving what is no audio', async () => {
    for (const [name, planes] of NO_PLANES.filter(([name]) => name !== 'nine planes')) {
      const broken = defineNode({
        type: 'Broken',
        summary: '',
        takes: ['audio'],
        gives: ['audio'],
        create: () => ({ process: () => audio(planes) }),
      });
      const nodes = [{ id: 'broken', node_type: 'Broken', executor: 'javascript' }];
      const pipeline = Pipeline.fromManifest({ version: 'v1', nodes }, { runtime, nodes: [broken] });
      await expect(pipeline.run({ audio: plane(), sampleRate: 48_000 }), name).rejects.toMatchObject({
        nodeId: 'broken',
        code: 'invalid_output',
      });
    }
  });

  it('refuses for a whole run what no frame can be cut from, and then runs', () => {
    const pipeline = AudioPipeline.fromManifest(LOUDER, { runtime });
    for (const [name, planes] of NO_PLANES)
      expect(() => pipeline.run(planes as Float32Array[]), name).toThrow(
        expect.objectContaining({ name: 'RangeError', code: 'unsound_audio' }),
      );
    expect(pipeline.run([plane()]).planes[0]![479]).toBeCloseTo(0.4988, 3);
    expect(pipeline.run([plane(0)]).planes).toEqual([new Float32Array(0)]);
  });
});

it('refuses values that JSON cannot say, and lets them decide nothing', async () => {
  const echo = Pipeline.fromManifest({ version: 'v1', nodes: [{ id: 'echo', node_type: 'PassThrough' }] });
  const loop: unknown[] = [];
  loop.push(loop);
  const session = await echo.session();
  for (const value of [undefined, 1n, Number.NaN, [Infinity], loop, new Date(0), () => 1, Symbol('a')])
    await expect(session.push({ kind: 'value', value: value as never })).rejects.toMatchObject({
      errorClass: 'invalid_input',
      code: 'unsound_item',
    });
  await session.push(audio([plane()]));
  await session.end();
  for await (const { item } of session.outputs) expect(item.kind).toBe('audio');
});

it('refuses events that JSON cannot say and bytes that were given away, and the session goes on', async () => {
  const echo = Pipeline.fromManifest({ version: 'v1', nodes: [{ id: 'echo', node_type: 'PassThrough' }] });
  const session = await echo.session();
  const loop: Record<string, unknown> = { type: 'loop', node_id: null };
  loop['self'] = loop;
  const bytes = Uint8Array.of(1);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  const unsound = [
    { kind: 'event', event: loop },
    { kind: 'event', event: { type: 'big', node_id: null, value: 1n } },
    { kind: 'binary', data: bytes },
  ];
  for (const item of unsound)
    await expect(session.push(item as never)).rejects.toMatchObject({ code: 'unsound_item' });
  await session.push(audio([plane()]));
  await session.end();
  for await (const { item } of session.outputs) expect(item.kind).toBe('audio');
});

it('takes plain values and bytes of another realm, as test runners and sandboxes make them', async () => {
  const echo = Pipeline.fromManifest({ version: 'v1', nodes: [{ id: 'echo', node_type: 'PassThrough' }] });
  const value = runInNewContext('({ list: [1, { a: null }] })');
  const session = await echo.session();
  await session.push({ kind: 'value', value });
  await session.end();
  for await (const { item } of session.outputs)
    expect(item).toEqual({ kind: 'value', value: { list: [1, { a: null }] } });
  expect(itemFault({ kind: 'binary', data: runInNewContext('new Uint8Array(3)') })).toBeUndefined();
});
