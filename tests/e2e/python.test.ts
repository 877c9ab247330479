/** Python nodes in a page: Pyodide in a worker of a real browser, with files of ours and nobody else's. */
import { readFileSync } from 'node:fs';
import { pythonRoutes } from '@remotemedia/pipeline/python';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from './bundle.js';
import { CHROMIUM, launchChromium } from './chromium.js';

const ORIGIN = 'http://python.test';
/** What docs/PYTHON.md says that a page has to allow; nothing more. */
const headers = { 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };

describe.skipIf(CHROMIUM === undefined)('Python in a browser', () => {
  let browser: Browser;
  let page: Page;
  const elsewhere: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium('/dev/null');
    page = await browser.newPage();
    const script = await bundlePage(new URL('python-page.ts', import.meta.url));
    const files = new Map(pythonRoutes().map((route) => [`/python/${route.path}`, route]));
    await page.route('**/*', (route) => {
      const url = new URL(route.request().url());
      const file = files.get(url.pathname);
      if (url.origin !== ORIGIN) elsewhere.push(url.href);
      if (file)
        return route.fulfill({ headers, contentType: file.contentType, body: readFileSync(file.file) });
      if (url.pathname === '/page.js')
        return route.fulfill({ headers, contentType: 'text/javascript', body: script });
      if (url.pathname === '/')
        return route.fulfill({ headers, contentType: 'text/html', body: '<script src="/page.js"></script>' });
      return route.fulfill({ status: 404 });
    });
    await page.goto(`${ORIGIN}/`);
  }, 30_000);

  afterAll(() => browser?.close());

  it('gives for the same node file what it gives on the gateway', async () => {
    const values = [{ text: 'Hello WASM', operations: ['uppercase', 'word_count'] }, 'short', 5];
    const [example, short, wrong] = await page.evaluate(
      (given) => window.runBundled('text_processor.py', given),
      values,
    );
    expect(example).toMatchObject({ values: [{ results: { uppercase: 'HELLO WASM', word_count: 2 } }] });
    expect(short).toMatchObject({ values: [{ results: { uppercase: 'SHORT' } }] });
    expect(wrong).toMatchObject({ code: 'invalid_text' });
  }, 60_000);

  it('streams, keeps empty values, survives a death, and reaches neither network nor page', async () => {
    const text = `
from remotemedia import Node
import os, asyncio
class Try(Node):
    async def process(self, item):
        if item == "die":
            os._exit(1)
        if item == "reach":
            import js
            yield sorted(name for name in ("fetch", "document", "self", "postMessage") if hasattr(js, name))
            from pyodide.http import pyfetch
            await pyfetch("/page.js")
        for one in (0, "", None, item):
            await asyncio.sleep(0)
            yield one
`;
    const given = await page.evaluate((node) => window.runPython(node, ['a', 'die', 'b', 'reach']), text);
    expect(given).toMatchObject([
      { values: [0, '', null, 'a'] },
      { code: 'node_died' },
      { values: [0, '', null, 'b'] },
      { code: 'node_threw' },
    ]);
  }, 60_000);

  it('says what is missing where the server does not have the files', async () => {
    const [given] = await page.evaluate(() => window.runPython('', [1], '/nothing/'));
    expect(given).toMatchObject({ code: 'pyodide_failed' });
  });

  it('has fetched nothing from elsewhere', () => expect(elsewhere).toEqual([]));
});
