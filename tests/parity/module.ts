/** The WebAssembly module that is compared with the addon: the one of the package, or a mutant of it. */
import { readFileSync } from 'node:fs';
import { WASM_PATH } from '@remotemedia/native-dsp';
import { wasmRuntime } from '@remotemedia/native-dsp/wasm';

/** `mutants.mjs` names others. */
export const wasmModule = new WebAssembly.Module(readFileSync(process.env['PARITY_MODULE'] ?? WASM_PATH));

export const wasm = wasmRuntime(wasmModule);
