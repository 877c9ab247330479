import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../testing/build.js';

let folder: string;
let test: TestApp;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'remotemedia-page-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<title>The page</title>');
  writeFileSync(join(folder, 'assets', 'main-A1b2C3d4.js'), 'let x');
  test = await buildTestApp('', { pageDirectory: folder });
});
afterEach(async () => {
  await test.app.close();
  rmSync(folder, { recursive: true });
});

it('the built page is at /, asked for anew each time; hashed assets are kept', async () => {
  const page = await test.app.inject('/');
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('The page');
  expect(page.headers['cache-control']).toBe('no-cache');
  const script = await test.app.inject('/assets/main-A1b2C3d4.js');
  expect(script.headers['content-type']).toMatch(/javascript/);
  expect(script.headers['cache-control']).toContain('immutable');
});

it('what is not in the folder is a 404 problem, what is outside of it too', async () => {
  writeFileSync(join(folder, '..', 'remotemedia-outside.txt'), 'secret');
  for (const url of [
    '/nothing.js',
    '/../remotemedia-outside.txt',
    '/..%2fremotemedia-outside.txt',
    '/assets/',
  ]) {
    const { statusCode, body } = await test.app.inject(url);
    expect(statusCode, url).toBe(404);
    expect(body).not.toContain('secret');
  }
  rmSync(join(folder, '..', 'remotemedia-outside.txt'));
});
