/** The package `pipeline` in a real browser: the very same manifests, events and results as in Node. */
import { readFileSync } from 'node:fs';
import { loadWasmFile, WASM_PATH } from '@remotemedia/native-dsp';
import { Pipeline } from '@remotemedia/pipeline';
import { pythonRoutes } from '@remotemedia/pipeline/python';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';
import { bundlePage } from './bundle.js';
import { CHROMIUM, launchChromium } from './chromium.js';

const ORIGIN = 'http://pipeline.test';
const CALCULATOR = readFileSync(new URL('../../configs/values/calculator.yaml', import.meta.url), 'utf8');

const chain = (...nodes: { id: string; node_type: string; params?: object }[]) => ({
  version: 'v1',
  nodes,
  connections: nodes.slice(1).map(({ id }, index) => ({ from: nodes[index]!.id, to: id })),
});

describe.skipIf(CHROMIUM === undefined)('Pipeline in a browser', () => {
  let browser: Browser;
  let page: Page;
  const mistakes: string[] = [];
  const speech = loadFixture('speech');

  beforeAll(async () => {
    browser = await launchChromium('/dev/null');
    page = await browser.newPage();
    page.on('pageerror', (error) => mistakes.push(String(error)));
    const files = new Map(pythonRoutes().map((route) => [`/python/${route.path}`, route]));
    const answers: Record<string, { contentType: string; body: string | Buffer }> = {
      '/': { contentType: 'text/html', body: '<script src="/page.js"></script>' },
      '/page.js': {
        contentType: 'text/javascript',
        body: await bundlePage(new URL('pipeline-page.ts', import.meta.url)),
      },
      '/remotemedia.wasm': { contentType: 'application/wasm', body: readFileSync(WASM_PATH) },
      '/speech.wav': { contentType: 'audio/wav', body: readFileSync(speech.path) },
      '/label': { contentType: 'text/plain', body: 'number' },
    };
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      const file = files.get(pathname);
      if (file) return route.fulfill({ contentType: file.contentType, body: readFileSync(file.file) });
      return route.fulfill(answers[pathname] ?? { status: 404 });
    });
    await page.goto(`${ORIGIN}/`);
  }, 30_000);

  afterAll(() => browser?.close());

  it('runs the calculator, from YAML and from an object', async () => {
    const ofYaml = await page.evaluate((text) => window.pipeline.runValues(text, [5, 7, 3]), CALCULATOR);
    expect(ofYaml).toEqual({ value: [20, 24, 16] });
    const manifest = chain({ id: 'multiply', node_type: 'MultiplyNode', params: { multiplier: 3 } });
    const ofObject = await page.evaluate((it) => window.pipeline.runValues(it, 0), manifest);
    expect(ofObject).toEqual({ value: 0 });
  });

  it('streams through a session, with a node that waits for the network, and counts', async () => {
    const manifest = chain(
      { id: 'add', node_type: 'AddNode', params: { addend: 1 } },
      { id: 'label', node_type: 'LabelNode' },
    );
    const streamed = await page.evaluate((it) => window.pipeline.stream(it, [0, 1, 2]), manifest);
    expect(streamed).toEqual({
      given: ['number 1', 'number 2', 'number 3'],
      counted: [
        ['add', 3],
        ['label', 3],
      ],
    });
  });

  it('finds in speech the very events that Node finds', async () => {
    const text = readFileSync(
      new URL('../../configs/pipelines/transcribe-prep.yaml', import.meta.url),
      'utf8',
    );
    const { events, samples } = await page.evaluate((it) => window.pipeline.runSpeech(it), text);
    const input = { audio: speech.samples, sampleRate: speech.sampleRate };
    const inNode = await Pipeline.fromYaml(text, { runtime: loadWasmFile() }).run(input);
    expect(events.length).toBeGreaterThan(2);
    expect(events).toEqual(inNode.events);
    expect(samples).toBe(inNode.audio?.planes[0]?.length ?? 0);
    const natively = await Pipeline.fromYaml(text).run(input);
    const outline = (all: readonly unknown[]) =>
      (all as { type: string; media_time_samples: number }[]).map((it) => [it.type, it.media_time_samples]);
    expect(outline(events)).toEqual(outline(natively.events));
  });

  it('has a JavaScript node between nodes of Rust change every frame', async () => {
    const manifest = chain(
      { id: 'loud', node_type: 'GainNode', params: { gain_db: 12 } },
      { id: 'clip', node_type: 'ClipNode', params: { peak: 0.05 } },
      { id: 'level', node_type: 'AudioLevelNode' },
    );
    const { events } = await page.evaluate((it) => window.pipeline.runSpeech(it), JSON.stringify(manifest));
    const peaks = (events as { peak_dbfs: number }[]).map((event) => event.peak_dbfs);
    expect(peaks.length).toBeGreaterThan(3);
    expect(Math.max(...peaks)).toBeCloseTo(20 * Math.log10(0.05), 1);
  });

  it('mixes Rust, JavaScript and Python', async () => {
    const manifest = chain(
      { id: 'double', node_type: 'MultiplyNode', params: { multiplier: 2 } },
      { id: 'label', node_type: 'LabelNode' },
      { id: 'text', node_type: 'TextProcessorNode', params: { operations: ['uppercase'] } },
    );
    const { value } = await page.evaluate((it) => window.pipeline.runValues(it, 21), manifest);
    expect(value).toMatchObject({ results: { uppercase: 'NUMBER 42' } });
  }, 60_000);

  it('says everything that is wrong with a manifest, and what is missing without a runtime', async () => {
    const wrong = chain(
      { id: 'a', node_type: 'Nonsense' },
      { id: 'b', node_type: 'AddNode', params: { addend: [] } },
    );
    const refused = await page.evaluate((it) => window.pipeline.refusal(it, true), wrong);
    expect(refused.code).toBe('invalid_manifest');
    expect(refused.message).toMatch(/nodes\[0\].*\n.*nodes\[1\]/s);
    const nothing = await page.evaluate((it) => window.pipeline.refusal(it, false), wrong);
    expect(nothing).toMatchObject({
      code: 'runtime_unavailable',
      message: expect.stringContaining('loadWasm(fetch('),
    });
  });

  it('has no files', async () => {
    expect(await page.evaluate(() => window.pipeline.refusalOfFiles())).toBe('no_files_here');
  });

  it('has made no mistake that nobody heard of', () => expect(mistakes).toEqual([]));
});
