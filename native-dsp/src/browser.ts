/** What `index.ts` exports, for pages: nothing here imports Node. The runtime is the one that the page has made with `loadWasm` and hands in. */
import { NativeUnavailableError, WasmUnavailableError } from './errors.js';
import type { Native } from './native.js';
import type { OfflineRuntime } from './runtime.js';

export * from './exports.js';

export const NATIVE_PATH = '';
export const WASM_PATH = '';

/** @throws NativeUnavailableError */
export function loadNative(): Native {
  throw new NativeUnavailableError(NATIVE_PATH, 'a browser loads no addons', undefined, '');
}

export const isNativeRuntimeAvailable = (): boolean => false;

/** @throws WasmUnavailableError, which says where pages get it from. */
export function loadWasmFile(): OfflineRuntime {
  const remedy = 'Hand it in: { runtime: await loadWasm(fetch("remotemedia.wasm")) }.';
  throw new WasmUnavailableError(WASM_PATH, 'a browser has no files', undefined, remedy);
}

/** @throws as {@link loadWasmFile}. */
export function loadWasmModule(): WebAssembly.Module {
  return loadWasmFile() as never;
}
