export * from './exports.js';
export { isNativeRuntimeAvailable, loadNative, NATIVE_PATH } from './load.js';
export { loadWasmFile, loadWasmModule, WASM_PATH } from './load-wasm.js';
