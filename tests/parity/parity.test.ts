/**
 * The runtimes give the same results: native, WebAssembly in Node, WebAssembly in a browser. The first two are compared within a tolerance
 * (`compare.ts` states it), the last two bit for bit; what all of them give is compared with what was committed (`golden.ts`).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadNative } from '@remotemedia/native-dsp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from '../e2e/chromium.js';
import { loadFixture } from '../signal/fixtures.js';
import { openParityPage } from './browser.js';
import { caseOfPipeline, casesOf, type NodeType, type ParityCase } from './cases.js';
import { differences, toleranceOf } from './compare.js';
import { changes, type Golden, goldenOf, readGolden, UPDATE, writeGolden } from './golden.js';
import { recordLosses } from './losses.js';
import { wasm, wasmModule } from './module.js';
import { convert, digest, digestOfTexts, record } from './record.js';
import { recordValues, valueCasesOf } from './values.js';
import { vectorFor } from './vector.js';

const PIPELINES = fileURLToPath(new URL('../../configs/pipelines', import.meta.url));
const TIMEOUT_MS = 300_000;
const LOSSES = 'packet loss';

const native = loadNative();
const catalogue = JSON.parse(native.nodeCatalogue()) as NodeType[];
const pipelines = readdirSync(PIPELINES).map((name) =>
  caseOfPipeline(name, readFileSync(`${PIPELINES}/${name}`, 'utf8')),
);
const subjects: { subject: string; cases: ParityCase[] }[] = [
  ...catalogue
    .filter(({ works_on }) => works_on.includes('audio'))
    .map((node) => ({ subject: node.node_type, cases: casesOf(node, catalogue) })),
  ...pipelines.map((one) => ({ subject: one.subject, cases: [one] })),
];
const cases = subjects.flatMap((it) => it.cases);
const valueCases = catalogue.filter(({ works_on }) => works_on.includes('values')).flatMap(valueCasesOf);

const digests = new Map<string, string>();
const found: { [name: string]: Golden } = {};
const golden = UPDATE ? {} : readGolden();

it('the runtimes know the same nodes and find the same in a manifest', () => {
  expect(wasm.nodeCatalogue()).toBe(native.nodeCatalogue());
  for (const { manifest } of [...cases, ...valueCases, ...wrong()])
    expect(wasm.validateManifest(manifest)).toBe(native.validateManifest(manifest));
});

for (const { subject, cases } of subjects) {
  describe(subject, () => {
    it(
      'gives the same on both runtimes, and what it gave before',
      () => {
        const complaints = cases.flatMap((one) => {
          const planes = vectorFor(one.format);
          const tolerance = toleranceOf(one);
          const [ours, theirs] = [record(native, one, planes), record(wasm, one, planes)];
          digests.set(one.name, digest(theirs));
          found[one.name] = goldenOf(ours, tolerance);
          const different = differences(ours, theirs, tolerance);
          const changed = UPDATE ? [] : changes(golden[one.name] ?? {}, found[one.name]!);
          return [...different, ...changed.map((text) => `not as in golden.json: ${text}`)].map(
            (text) => `${one.name}: ${text}`,
          );
        });
        expect(complaints).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
}

it('every node that can emit events emits each of them here, but what nothing here can bring about', () => {
  const emitted = new Set(Object.values(found).flatMap(({ events = {} }) => Object.keys(events)));
  const missing = catalogue.flatMap(({ events }) => events).filter((type) => !emitted.has(type));
  // Of packets and their times, which only sessions have.
  expect(new Set(missing)).toEqual(new Set(['timing_drift']));
});

describe(LOSSES, () => {
  it('is concealed as before', () => {
    const losses = recordLosses(wasmModule);
    expect(losses.audio.length).toBeGreaterThan(5 * 48_000);
    expect(losses.audio.every(Number.isFinite)).toBe(true);
    found[LOSSES] = goldenOf(losses, toleranceOf({ name: LOSSES }));
    expect(UPDATE ? [] : changes(golden[LOSSES] ?? {}, found[LOSSES])).toEqual([]);
  });
});

it.each(valueCases)('$name: gives the very same on both runtimes, and what it gave before', (one) => {
  const [ours, theirs] = [recordValues(native, one), recordValues(wasm, one)];
  expect(theirs).toEqual(ours);
  found[one.name] = { texts: digestOfTexts(ours) };
  expect(UPDATE ? found[one.name] : golden[one.name]).toEqual(found[one.name]);
});

describe('RateConverter', () => {
  const rates: [number, number][] = [
    [22_050, 48_000],
    [44_100, 16_000],
    [48_000, 8_000],
    [11_025, 44_100],
  ];
  const qualities = ['high', 'very_high'] as const;
  it.each(rates.flatMap((pair) => qualities.map((quality) => [...pair, quality] as const)))(
    'from %i to %i Hz, %s, gives the same on both runtimes',
    (fromHz, toHz, quality) => {
      const { samples } = loadFixture('speech-noisy');
      const [ours, theirs] = [native, wasm].map((it) =>
        convert(it, samples.subarray(0, 40_000), fromHz, toHz, quality),
      );
      expect(ours!.some((sample) => sample > 0.1)).toBe(true);
      const worst = ours!.reduce((most, sample, i) => Math.max(most, Math.abs(sample - theirs![i]!)), 0);
      expect(worst).toBeLessThanOrEqual(1e-6);
    },
  );
});

describe.skipIf(!CHROMIUM)('in Chromium', () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    browser = await launchChromium(loadFixture('speech').path);
  }, TIMEOUT_MS);
  afterAll(() => browser?.close());

  it(
    'every case gives the very same bits as in Node',
    async () => {
      const page = await openParityPage(browser);
      const inBrowser = await page.evaluate((all) => window.runParity(all), cases);
      const inNode = cases.map(({ name }) => `${name}: ${digests.get(name)}`);
      expect(cases.map(({ name }, i) => `${name}: ${inBrowser[i]}`)).toEqual(inNode);
      const texts = await page.evaluate((all) => window.runValueParity(all), valueCases);
      expect(texts).toEqual(valueCases.map(({ name }) => found[name]?.texts));
    },
    TIMEOUT_MS,
  );

  it(
    'the catalogue and the complaints are the same texts',
    async () => {
      const page = await openParityPage(browser);
      const manifests = wrong().map(({ manifest }) => manifest);
      const { catalogue, validations } = await page.evaluate((all) => window.askParity(all), manifests);
      expect(catalogue).toBe(native.nodeCatalogue());
      expect(validations).toEqual(manifests.map((text) => native.validateManifest(text)));
    },
    TIMEOUT_MS,
  );
});

it('every case has its golden numbers, and no number is without a case', () => {
  if (UPDATE) writeGolden(found);
  // To write them: UPDATE_GOLDEN=1 npx vitest run tests/parity
  expect(Object.keys(readGolden())).toEqual([
    ...cases.map(({ name }) => name),
    LOSSES,
    ...valueCases.map(({ name }) => name),
  ]);
});

/** Manifests that nobody can use. */
function wrong(): { manifest: string }[] {
  return [
    '',
    '{',
    'version: v2\nnodes: []',
    'version: v1\nnodes: [{id: a, node_type: GianNode, params: {gain_db: ten}}, {id: a, node_type: GainNode, params: {gain_db: 1000}}]',
    'version: v1\nnodes: [{id: a, node_type: PassThrough}]\nconnections: [{from: a, to: a}, {from: b, to: a}]',
    'version: v1\nruntime_hint: native\nnodes: [{id: a, node_type: PassThrough, runtime_hint: wasm}]',
    'a: &a [*a, *a]\nb: [unclosed',
  ].map((manifest) => ({ manifest }));
}
