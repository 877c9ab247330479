import { expect, it } from 'vitest';
import * as browser from './browser.js';
import * as node from './index.js';

it('offers pages the same names, and says what they have instead of files', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
  expect(browser.isNativeRuntimeAvailable()).toBe(false);
  expect(browser.loadNative).toThrow('The native runtime cannot be used: a browser loads no addons.');
  expect(browser.loadWasmModule).toThrow(/Hand it in: .*loadWasm\(fetch\(/);
});
