import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decimate, findPieces, summarise } from '../signal/correlation.js';
import { loadFixture } from '../signal/fixtures.js';
import { CHROMIUM, launchChromium } from './chromium.js';
import { type GatewayProcess, RUNTIMES } from './gateway-process.js';
import { recordRemote } from './page-recorder.js';

const SCREENSHOTS = fileURLToPath(new URL('../../test-results/', import.meta.url));
const fixture = loadFixture('speech');

describe.skipIf(CHROMIUM === undefined).each(RUNTIMES)(
  'the page in a real browser, on the %s runtime,',
  (runtime, start) => {
    let gateway: GatewayProcess;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      mkdirSync(SCREENSHOTS, { recursive: true });
      gateway = await start();
      browser = await launchChromium(fixture.path);
    });

    afterAll(async () => {
      await browser?.close();
      await gateway?.stop();
    });

    beforeEach(async () => {
      context = await browser.newContext({ viewport: { width: 1280, height: 1180 } });
      page = await context.newPage();
      complaints = [];
      page.on(
        'console',
        (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()),
      );
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(gateway.url);
    });

    afterEach(async () => {
      await context.close();
    });

    const byTestId = (id: string) => page.getByTestId(id);

    async function connect(pipeline: string): Promise<void> {
      await byTestId('pipeline-select').selectOption(pipeline);
      await byTestId('connect-button').click();
      await expect.poll(() => byTestId('state').textContent(), { timeout: 10_000 }).toBe('Connected');
      await expect
        .poll(() => page.locator('[data-type="session_started"]').count(), { timeout: 5_000 })
        .toBe(1);
    }

    /** Media times of all events of a type, oldest first. */
    async function timesOf(type: string): Promise<number[]> {
      const rows = await page.locator(`[data-testid="event-row"][data-type="${type}"]`).all();
      const times = await Promise.all(rows.map((row) => row.getAttribute('data-media-time-ms')));
      return times.map(Number).sort((a, b) => a - b);
    }

    it('sends the microphone through the gateway and plays the right audio', async () => {
      await connect('echo');
      const heard = await recordRemote(page, 5);
      const looped = Float32Array.from(
        { length: fixture.samples.length * 2 },
        (_, i) => fixture.samples[i % fixture.samples.length]!,
      );
      const matches = findPieces(decimate(looped, 6), decimate(heard, 6), 4_000);
      // The browser's own processing of the microphone turns phases, so the waveform is like the file's, not equal.
      const { correlation, offBy } = summarise(matches, 4_000);
      expect(correlation).toBeGreaterThan(0.5);
      expect(offBy, 'pieces follow each other').toBeLessThan(100);
      expect(complaints).toEqual([]);
    });

    it('shows the speech within 150 ms of where it is, and hears it enhanced', async () => {
      await connect('voice-enhance');
      const period = fixture.lengthMs;
      const wanted = 5;
      await expect
        .poll(
          async () =>
            Math.min((await timesOf('speech_started')).length, (await timesOf('speech_stopped')).length),
          {
            timeout: 2 * period,
          },
        )
        .toBeGreaterThanOrEqual(wanted);
      const starts = await timesOf('speech_started');
      const stops = await timesOf('speech_stopped');
      // The microphone file was already playing when the session began. Which utterance came first, and how
      // far into the file, is unknown; one shift must explain all times.
      const truth = [0, 1, 2].flatMap((loop) =>
        fixture.speech.map((s) => ({ start: s.start_ms + loop * period, end: s.end_ms + loop * period })),
      );
      const worst = fixture.speech.map((_, first) => {
        // The first utterance may have been cut by the start of the session: compare from the second start.
        const errors = starts
          .slice(1, wanted)
          .flatMap((start, i) => [
            start - truth[first + i + 1]!.start,
            stops[i + 1 < stops.length ? i + 1 : i]! - truth[first + (i + 1 < stops.length ? i + 1 : i)]!.end,
          ]);
        const middle = errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]!;
        return Math.max(...errors.map((error) => Math.abs(error - middle)));
      });
      expect(Math.min(...worst), JSON.stringify({ starts, stops })).toBeLessThan(150);

      await expect.poll(() => byTestId('gateway-p50').textContent(), { timeout: 5_000 }).toMatch(/\d/);
      await expect.poll(() => byTestId('round-trip').textContent(), { timeout: 5_000 }).toMatch(/\d/);
      await page.screenshot({ path: `${SCREENSHOTS}page-${runtime}.png`, fullPage: true });
      expect(complaints).toEqual([]);
    }, 60_000);

    it('draws the pipeline, with what each node costs while it runs', async () => {
      await byTestId('pipeline-select').selectOption('voice-enhance');
      const graph = byTestId('pipeline-graph');
      const textsOf = (selector: string) => graph.locator(selector).allTextContents();
      await expect
        .poll(() => textsOf('[data-node] b'))
        .toEqual(['highpass', 'denoise', 'agc', 'vad', 'level']);
      expect(await textsOf('.terminal')).toEqual(['in', 'out']);
      expect(await graph.locator('svg > path').count(), 'connections, input and output').toBe(6);
      const means = () => textsOf('[data-testid="node-mean"]');
      expect(await means()).toEqual(['–', '–', '–', '–', '–']);
      const place = () =>
        graph.locator('[data-node]').evaluateAll((nodes) => nodes.map((n) => n.getAttribute('style')));
      const placeBefore = await place();

      await connect('voice-enhance');
      await expect.poll(means, { timeout: 5_000 }).toEqual(Array(5).fill(expect.stringMatching(/\d [µm]s$/)));
      for (const text of await textsOf('[data-testid="node-p99"]')) expect(text).toMatch(/^p99 \d.* [µm]s$/);
      const first = (await means()).join();
      await expect.poll(async () => (await means()).join(), { timeout: 10_000 }).not.toBe(first);
      expect(await place(), 'no box moves').toEqual(placeBefore);
      expect(complaints).toEqual([]);
    });

    it('disconnects on the button, and the gateway forgets the session', async () => {
      await connect('meter');
      const sessions = async () => {
        const response = await fetch(`${gateway.url}/api/v1/sessions`);
        return ((await response.json()) as { sessions: unknown[] }).sessions.length;
      };
      expect(await sessions()).toBe(1);
      await byTestId('connect-button').click();
      await expect.poll(sessions, { timeout: 5_000 }).toBe(0);
      expect(complaints).toEqual([]);
    });

    it('fits a phone', async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await connect('voice-enhance');
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `${SCREENSHOTS}phone-${runtime}.png`, fullPage: true });
    });

    it('says in plain words that the microphone was refused', async () => {
      await context.close();
      context = await browser.newContext({ permissions: [] });
      page = await context.newPage();
      // What a browser does when the person says no.
      await page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () =>
          Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
      });
      await page.goto(gateway.url);
      await byTestId('connect-button').click();
      await expect.poll(() => byTestId('banner').textContent(), { timeout: 5_000 }).toMatch(/microphone/i);
      expect(await byTestId('banner').isVisible()).toBe(true);
    });
  },
);
