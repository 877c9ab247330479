/**
 * Finds and loads the WebAssembly module that comes with the package. Node only; a browser fetches it: see `wasm/runtime.ts`.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WasmUnavailableError } from './errors.js';
import type { OfflineRuntime } from './runtime.js';
import { wasmRuntime } from './wasm/runtime.js';

/** Where the module is. From `src/` and `dist/` alike, the package is one up. */
export const WASM_PATH = fileURLToPath(new URL('../wasm/remotemedia.wasm', import.meta.url));

let loaded: OfflineRuntime | undefined;

/**
 * The runtime on WebAssembly, compiled on the first call.
 * @throws WasmUnavailableError when the module is absent, or cannot be used here.
 */
export function loadWasmFile(): OfflineRuntime {
  loaded ??= load();
  return loaded;
}

function load(): OfflineRuntime {
  try {
    return wasmRuntime(new WebAssembly.Module(readFileSync(WASM_PATH)));
  } catch (cause) {
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const reason = isAbsent ? 'it is not there' : cause instanceof Error ? cause.message : String(cause);
    throw new WasmUnavailableError(WASM_PATH, reason, cause);
  }
}
