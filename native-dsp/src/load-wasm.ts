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

let loadedModule: WebAssembly.Module | undefined;
let loaded: OfflineRuntime | undefined;

/**
 * The runtime on WebAssembly, compiled on the first call.
 * @throws WasmUnavailableError when the module is absent, or cannot be used here.
 */
export function loadWasmFile(): OfflineRuntime {
  loaded ??= usable(() => wasmRuntime(loadWasmModule()));
  return loaded;
}

/**
 * The compiled module itself, for media sessions: see `wasm/media-session.ts`.
 * @throws WasmUnavailableError
 */
export function loadWasmModule(): WebAssembly.Module {
  loadedModule ??= usable(() => new WebAssembly.Module(readFileSync(WASM_PATH)));
  return loadedModule;
}

function usable<T>(load: () => T): T {
  try {
    return load();
  } catch (cause) {
    if (cause instanceof WasmUnavailableError) throw cause;
    const isAbsent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const reason = isAbsent ? 'it is not there' : cause instanceof Error ? cause.message : String(cause);
    throw new WasmUnavailableError(WASM_PATH, reason, cause);
  }
}
