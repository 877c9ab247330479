/** A page in Chromium that has the module, the vectors and the code of `page.ts`; nothing listens on any port. */
import { readFileSync } from 'node:fs';
import { WASM_PATH } from '@remotemedia/native-dsp';
import type { Browser, Page } from 'playwright-core';
import { bundlePage } from '../e2e/bundle.js';
import { vectorFor } from './vector.js';

const ORIGIN = 'http://parity.test';

export async function openParityPage(browser: Browser): Promise<Page> {
  const script = await bundlePage(new URL('page.ts', import.meta.url));
  const page = await browser.newPage();
  await page.route(`${ORIGIN}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/')
      return route.fulfill({ contentType: 'text/html', body: '<script src="/page.js"></script>' });
    if (path === '/page.js') return route.fulfill({ contentType: 'text/javascript', body: script });
    if (path === '/remotemedia.wasm')
      return route.fulfill({ contentType: 'application/wasm', body: readFileSync(WASM_PATH) });
    const [, sampleRate, channels] = /^\/vector\/(\d+)\/(\d)$/.exec(path) ?? [];
    const format = { sampleRate: Number(sampleRate), channels: Number(channels) };
    return sampleRate ? route.fulfill({ body: bytesOf(vectorFor(format)) }) : route.fulfill({ status: 404 });
  });
  await page.goto(`${ORIGIN}/`);
  await page.waitForFunction(() => 'runParity' in window);
  return page;
}

function bytesOf(planes: readonly Float32Array[]): Buffer {
  return Buffer.concat(planes.map((plane) => Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength)));
}
