/** What a caller can get wrong before Rust sees it. Both runtimes refuse the same with the same words, and go on as if nothing had been asked. */
import { describe, expect, test } from 'vitest';
import { isNativeError, loadNative, loadWasmFile, type OfflineRuntime } from './index.js';

const RUNTIMES: [string, OfflineRuntime][] = [
  ['natively', loadNative()],
  ['on WebAssembly', loadWasmFile()],
];
const VOICE = { sampleRate: 48_000, channels: 1 };
const HALVED = { fromHz: 48_000, toHz: 24_000, channels: 2 };
const SAMPLES = [0.1, 0.2, 0.3, 0.4];
const ECHO = JSON.stringify({ version: 'v1', nodes: [{ id: 'echo', node_type: 'PassThrough' }] });
const OUTSIDE = JSON.stringify({ version: 'v1', nodes: [{ id: 'voice', node_type: 'Voice' }] });
const EXTERNALS = JSON.stringify([
  { node_type: 'Voice', summary: '', executor: 'javascript', takes: ['audio'], gives: ['audio'] },
]);

/** As after `postMessage(samples, [samples.buffer])`. */
function givenAway(): Float32Array {
  const samples = Float32Array.from(SAMPLES);
  structuredClone(samples, { transfer: [samples.buffer] });
  return samples;
}

const NO_FLOATS: readonly [found: string, samples: unknown][] = [
  ['an array whose memory was given away', givenAway()],
  ['Int16Array', Int16Array.of(1, 2, 3, 4)],
  ['Int32Array', Int32Array.of(1, 2, 3, 4)],
  ['Float64Array', Float64Array.from(SAMPLES)],
  ['Uint8Array', Uint8Array.of(1, 2, 3, 4)],
  ['Array', SAMPLES],
  ['ArrayBuffer', new ArrayBuffer(16)],
  ['DataView', new DataView(new ArrayBuffer(16))],
  ['Object', { length: 4 }],
  ['string', 'abcd'],
  ['number', 4],
  ['null', null],
  ['undefined', undefined],
];
const NO_SAMPLES = NO_FLOATS.filter(([found]) => !/^Int/.test(found));

/** Everything that takes samples. */
const TAKING: readonly [name: string, take: (runtime: OfflineRuntime, samples: Float32Array) => unknown][] = [
  ['Resampler.convert', ({ Resampler }, it) => new Resampler(HALVED).convert(it)],
  ['the input of Resampler.convertInto', (runtime, it) => into(runtime, it, new Float32Array(2))],
  ['the output of Resampler.convertInto', (runtime, it) => into(runtime, new Float32Array(8), it)],
  ['logMelSpectrogram', (runtime, it) => runtime.logMelSpectrogram(it, 80)],
  ['giveHostAudio', (runtime, it) => outside(runtime).giveHostAudio(0, -1, it)],
];
const CONVERTING: typeof TAKING = [
  ['convertSamples', (runtime, it) => runtime.convertSamples(it, 'i16')],
  ['the input of convertSamplesInto', (runtime, it) => runtime.convertSamplesInto(it, new Int16Array(4))],
  ['the output of convertSamplesInto', (runtime, it) => runtime.convertSamplesInto(new Int16Array(4), it)],
];

const NO_COUNTS: readonly unknown[] = [
  ...[
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    0,
    1.5,
    2 ** 32 + 2,
    1e300,
    '2',
    2n,
    true,
    {},
    null,
    undefined,
  ],
];

/** Everything that takes a number, which can be none of these. */
const COUNTING: readonly [name: string, take: (runtime: OfflineRuntime, count: number) => unknown][] = [
  ['sampleRate', (it, sampleRate) => new it.OfflinePipeline(ECHO, { ...VOICE, sampleRate })],
  ['channels', (it, channels) => new it.OfflinePipeline(ECHO, { ...VOICE, channels })],
  ['fromHz', (it, fromHz) => new it.Resampler({ ...HALVED, fromHz })],
  ['toHz', (it, toHz) => new it.Resampler({ ...HALVED, toHz })],
  ['channels', (it, channels) => new it.Resampler({ ...HALVED, channels })],
  ['fromHz', (it, fromHz) => new it.RateConverter({ ...HALVED, fromHz })],
  ['toHz', (it, toHz) => new it.RateConverter({ ...HALVED, toHz })],
  ['channels', (it, channels) => new it.RateConverter({ ...HALVED, channels })],
  ['mels', (it, mels) => it.logMelSpectrogram(new Float32Array(160), mels as 80)],
];

/** Texts that are none. */
const TEXTS: readonly ((runtime: OfflineRuntime, text: string) => unknown)[] = [
  (it, text) => new it.OfflinePipeline(text, VOICE),
  (it, text) => new it.OfflinePipeline(OUTSIDE, VOICE, text),
  (it, text) => new it.OfflinePipeline(ECHO, VOICE).setNodeState(text, 'bypass'),
  (it, text) => new it.OfflinePipeline(ECHO, VOICE).setNodeState('echo', text as 'bypass'),
  (it, text) => new it.Resampler({ ...HALVED, layout: text as 'planar' }),
  (it, text) => new it.RateConverter({ ...HALVED, quality: text as 'low' }),
  (it, text) => it.convertSamples(new Float32Array(1), text as 'i16'),
  (it, text) => new it.ValuePipeline(text),
  (it, text) => new it.ValuePipeline(ECHO.replace('PassThrough', 'Echo')).execute(text),
  (it, text) => it.validateManifest(text),
  (it, text) => it.planPipeline(text),
  (it, text) => it.interpolateManifest(text, '{}'),
  (it, text) => it.interpolateManifest('', text),
  (it, text) => it.externalMentions(text),
  (it, text) => it.complaintsAsWritten(text, '[]'),
  (it, text) => it.complaintsAsWritten('[]', text),
];

describe.each(RUNTIMES)('%s', (_, runtime) => {
  test.each(TAKING)('%s refuses what is no Float32Array, by its name', (_, take) => {
    for (const [found, samples] of NO_FLOATS) {
      const message = refusal(() => take(runtime, samples as Float32Array));
      expect(message).toMatch(new RegExp(`must be a Float32Array.*, not ${found}`));
    }
  });

  test.each(CONVERTING)('%s refuses what holds no samples, by its name', (_, take) => {
    for (const [found, samples] of NO_SAMPLES) {
      const message = refusal(() => take(runtime, samples as Float32Array));
      expect(message).toMatch(new RegExp(`must be a Float32Array, Int16Array or Int32Array, not ${found}`));
    }
  });

  test('memory that is shared or can grow is as good as any', () => {
    const shared = new Float32Array(new SharedArrayBuffer(16));
    // The compiler's library does not know of it yet.
    const growing = new (ArrayBuffer as new (bytes: number, options: object) => ArrayBuffer)(16, {
      maxByteLength: 64,
    });
    const wanted = TAKING.concat(CONVERTING).map(([, take]) => take(runtime, Float32Array.from(SAMPLES)));
    for (const samples of [shared, new Float32Array(growing)]) {
      const given = TAKING.concat(CONVERTING).map(([, take]) => {
        samples.set(SAMPLES);
        return take(runtime, samples);
      });
      expect(given).toEqual(wanted);
    }
  });

  test.each(COUNTING)('%s must be a number within its range', (name, take) => {
    for (const count of NO_COUNTS) expect(refusal(() => take(runtime, count as number))).toContain(name);
  });

  test('a length, a host and a position must be numbers that there can be', () => {
    const resampler = new runtime.Resampler(HALVED);
    expect(resampler.outputSamples(0)).toBe(0);
    const hosted = outside(runtime);
    for (const count of NO_COUNTS.filter((count) => count !== 0)) {
      expect(refusal(() => resampler.outputSamples(count as number))).toContain('samples');
      for (const ask of ['hostFrame', 'hostQueued', 'hostLate'] as const)
        expect(refusal(() => hosted[ask](count as number))).toContain('host');
      expect(refusal(() => hosted.giveHostAudio(count as number, 0, new Float32Array(1)))).toContain('host');
    }
    for (const position of [Number.NaN, Number.POSITIVE_INFINITY, 1e300, '0', 0n, null, undefined])
      expect(
        refusal(() => hosted.giveHostAudio(0, position as number, new Float32Array(1))),
        `${position}`,
      ).toContain('position');
    expect(hosted.giveHostAudio(0, -1, new Float32Array(5))).toBe(5);
    expect(hosted.hostQueued(0)).toBe(5);
  });

  test('options that are not there are refused', () => {
    for (const nothing of [undefined, null, 48_000]) {
      refusal(() => new runtime.OfflinePipeline(ECHO, nothing as never));
      refusal(() => new runtime.Resampler(nothing as never));
      refusal(() => new runtime.RateConverter(nothing as never));
    }
  });

  test('what is no text is refused as such', () => {
    for (const take of TEXTS)
      for (const text of [null, 7, {}, ['v1'], Symbol('v1')])
        expect(refusal(() => take(runtime, text as string))).toMatch(/must be a text|must be one of/);
  });

  test('no samples make none, and channels that cannot share are refused', () => {
    const resampler = new runtime.Resampler(HALVED);
    const fresh = () => new runtime.Resampler(HALVED).convert(Float32Array.from(SAMPLES));
    expect(resampler.convert(new Float32Array(0))).toEqual(new Float32Array(0));
    expect(refusal(() => resampler.convert(new Float32Array(3)))).toContain('2 channels cannot share');
    for (const [, samples] of NO_FLOATS) refusal(() => resampler.convert(samples as Float32Array));
    expect(resampler.convert(Float32Array.from(SAMPLES))).toEqual(fresh());
    const hosted = outside(runtime, 2);
    expect(hosted.giveHostAudio(0, -1, new Float32Array(0))).toBe(0);
    expect(refusal(() => hosted.giveHostAudio(0, -1, new Float32Array(3)))).toContain('2 channels');
    expect(hosted.giveHostAudio(0, -1, new Float32Array(4))).toBe(2);
  });

  test.each(['input', 'output'] as const)('%s cannot be given away, or nothing runs any more', (name) => {
    const made = [
      new runtime.OfflinePipeline(ECHO, VOICE),
      new runtime.RateConverter({ fromHz: 16_000, toHz: 16_000, channels: 1 }),
    ];
    for (const one of made) {
      one.process();
      structuredClone(one[name], { transfer: [one[name].buffer] });
      // Node does not let go of memory that is an addon's.
      const isLost = one[name].length === 0;
      if (!isLost) one.input.fill(0.5);
      for (let again = 0; again < 2; again++) {
        if (isLost) expect(refusal(() => one.process())).toContain(`memory of ${name} was given away`);
        else for (let block = 0; block < 9; block++) one.process();
      }
      if (!isLost) expect(one.output.at(-1)).toBeCloseTo(0.5, 3);
    }
  });
});

test('both runtimes refuse in the same words', () => {
  const refusals = RUNTIMES.map(([, runtime]) => [
    ...TAKING.flatMap(([, take]) =>
      NO_FLOATS.map(([, samples]) => refusal(() => take(runtime, samples as Float32Array))),
    ),
    ...COUNTING.flatMap(([, take]) =>
      NO_COUNTS.map((count) => refusal(() => take(runtime, count as number))),
    ),
    ...TEXTS.map((take) => refusal(() => take(runtime, 7 as never))),
  ]);
  expect(refusals[1]).toEqual(refusals[0]);
});

function into({ Resampler }: OfflineRuntime, input: Float32Array, output: Float32Array): Float32Array {
  new Resampler({ ...HALVED, channels: 1 }).convertInto(input, output);
  return output;
}

/** A pipeline with a place for a node that runs elsewhere. */
function outside({ OfflinePipeline }: OfflineRuntime, channels = 1) {
  return new OfflinePipeline(OUTSIDE, { ...VOICE, channels }, EXTERNALS);
}

/** What is said of a mistake of the caller's, which has a code. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_options' });
    if (isNativeError(error)) return error.message;
  }
  throw new Error('it was not refused');
}
