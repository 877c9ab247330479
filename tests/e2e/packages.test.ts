/** Packages in a real browser: made by the command line, loaded and run as the README of the SDK has it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASM_PATH } from '@remotemedia/native-dsp';
import { pythonRoutes } from '@remotemedia/pipeline/python';
import { zipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remotemedia } from '../cli/command.js';
import { bundlePage } from './bundle.js';
import { CHROMIUM, launchChromium } from './chromium.js';

// Not localhost: what browsers give to secure pages alone must not be needed.
const ORIGIN = 'http://packages.test';
const CALCULATOR = 'examples/calculator/calculator.json';
const PATIENCE_MS = 60_000;

describe.skipIf(CHROMIUM === undefined)('packages in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packages-'));
  let browser: Browser;
  let page: Page;
  const mistakes: string[] = [];
  const asked: string[] = [];

  async function pack(manifest: string, name: string, ...more: string[]): Promise<void> {
    const { exitCode, stderr } = await remotemedia(['package', manifest, '-o', join(folder, name), ...more]);
    expect([exitCode, stderr]).toEqual([0, '']);
  }

  beforeAll(async () => {
    await pack(CALCULATOR, 'calculator.rmpkg', '--wasm');
    await pack(CALCULATOR, 'small.rmpkg');
    await pack('examples/text-processor/text-processor.json', 'text-processor.rmpkg', '--wasm');
    await pack('tests/hybrid/pipeline.yaml', 'hybrid.rmpkg', '--wasm');
    // As the SDK made them: no checksums, and a command for WASI.
    const foreign = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const files = { 'manifest.json': readFileSync(CALCULATOR), 'runtime.wasm': foreign };
    writeFileSync(join(folder, 'sdk.rmpkg'), zipSync(files));

    browser = await launchChromium('/dev/null');
    page = await browser.newPage();
    page.on('pageerror', (error) => mistakes.push(String(error)));
    const python = new Map(pythonRoutes().map((route) => [`/python/${route.path}`, route]));
    const script = await bundlePage(new URL('packages-page.ts', import.meta.url));
    await page.route('**/*', (route) => {
      const { pathname } = new URL(route.request().url());
      asked.push(pathname);
      const file = python.get(pathname);
      if (file) return route.fulfill({ contentType: file.contentType, body: readFileSync(file.file) });
      if (pathname.endsWith('.rmpkg')) return route.fulfill({ body: readFileSync(join(folder, pathname)) });
      if (pathname === '/')
        return route.fulfill({ contentType: 'text/html', body: '<script src="/page.js"></script>' });
      if (pathname === '/page.js') return route.fulfill({ contentType: 'text/javascript', body: script });
      if (pathname === '/remotemedia.wasm')
        return route.fulfill({ contentType: 'application/wasm', body: readFileSync(WASM_PATH) });
      return route.fulfill({ status: 404 });
    });
    await page.goto(`${ORIGIN}/`);
  }, PATIENCE_MS);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const run = (address: string, input: unknown, trust = false) =>
    page.evaluate(([at, it, trusted]) => window.packages.run(at, it, trusted), [
      address,
      input,
      trust,
    ] as const);

  it('calculate on the runtime that they bring along, and ask the server for nothing', async () => {
    asked.length = 0;
    expect(await run('/calculator.rmpkg', [5, 7, 3])).toEqual({
      outputs: [20, 24, 16],
      notes: [],
      hasRuntime: true,
    });
    expect(asked).toEqual(['/calculator.rmpkg']);
  });

  it('calculate on the runtime of the page, where they bring none', async () => {
    expect(await run('/small.rmpkg', [5, 7, 3])).toEqual({
      outputs: [20, 24, 16],
      notes: [],
      hasRuntime: false,
    });
  });

  it('of the SDK calculate, and their runtime is left alone', async () => {
    const { outputs, notes } = await run('/sdk.rmpkg', [5, 7, 3]);
    expect(outputs).toEqual([20, 24, 16]);
    expect(notes).toEqual(['runtime.wasm is not used: it is no runtime of this project']);
  });

  it(
    'process texts in Python',
    async () => {
      const input = [{ text: 'Hello WASM', operations: ['uppercase', 'word_count'] }];
      const { outputs } = await run('/text-processor.rmpkg', input);
      expect(outputs).toMatchObject({
        original_text: 'Hello WASM',
        results: { uppercase: 'HELLO WASM', word_count: 2 },
      });
    },
    PATIENCE_MS,
  );

  it(
    'run their own modules in Python and JavaScript, for pages that trust them',
    async () => {
      const refused = await page.evaluate(() => window.packages.refusal('/hybrid.rmpkg', ['ab']));
      expect(refused).toMatchObject({
        code: 'trust_required',
        message: expect.stringContaining('shout.mjs'),
      });
      expect(await run('/hybrid.rmpkg', ['ab'], true)).toMatchObject({ outputs: ['A-!!', 'B-!!'] });
    },
    PATIENCE_MS,
  );

  it('that are damaged are refused by a code', async () => {
    const bytes = readFileSync(join(folder, 'small.rmpkg'));
    writeFileSync(join(folder, 'short.rmpkg'), bytes.subarray(0, 200));
    expect(await page.evaluate(() => window.packages.refusal('/short.rmpkg', 1))).toMatchObject({
      code: 'not_a_package',
    });
  });

  it('have made no mistake that nobody heard of', () => expect(mistakes).toEqual([]));
});
