/** What may be shipped: bytes of the addon and of the WebAssembly module, against tests/budgets/budgets.json. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { NATIVE_PATH, WASM_PATH } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';

const { bytes } = JSON.parse(readFileSync(new URL('./budgets.json', import.meta.url), 'utf8')) as {
  bytes: Record<'addon' | 'wasm', number>;
};

describe('the size of what is shipped', () => {
  it.each([
    ['addon', NATIVE_PATH],
    ['wasm', WASM_PATH],
  ] as const)('%s stays within its budget', (name, path) => {
    // Without a Rust toolchain there is no addon, and the module may not have been built yet.
    if (!existsSync(path)) return console.warn(`${path} has not been built: its size is not checked`);
    const hint = 'if that is meant so, raise it in tests/budgets/budgets.json';
    expect(statSync(path).size, `bytes of ${path}; ${hint}`).toBeLessThanOrEqual(bytes[name]);
  });
});
