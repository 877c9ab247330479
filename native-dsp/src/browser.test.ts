import { expect, it } from 'vitest';
import * as browser from './browser.js';
import * as node from './index.js';

it('offers pages the same names, and says what they have instead of files', () => {
  // The compiler compares what the names stand for.
  const page: typeof node = browser;
  expect(Object.keys(page).sort()).toEqual(Object.keys(node).sort());
  expect(page.isNativeRuntimeAvailable()).toBe(false);
  expect(page.loadNative).toThrow('The native runtime cannot be used: a browser loads no addons.');
  expect(page.loadWasmModule).toThrow(/Hand it in: .*loadWasm\(fetch\(/);
});
