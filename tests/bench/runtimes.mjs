/** Our sides of a comparison: the native runtime, and the one on WebAssembly where its module has been built. */
import { loadNative, loadWasmFile, WASM_PATH } from '@remotemedia/native-dsp';

/** `native`, and `wasm` or why it is missing. */
export function runtimes() {
  const native = loadNative();
  try {
    return { native, wasm: loadWasmFile() };
  } catch (error) {
    return { native, skipped: `WebAssembly: ${error.message} (${WASM_PATH})` };
  }
}

/** The turns that `make(runtime)` gives, under `native` and `wasm` with the suffix it names. */
export function ourSides(make) {
  const { native, wasm } = runtimes();
  const sides = {};
  for (const [name, runtime] of Object.entries({ native, wasm })) {
    if (!runtime) continue;
    for (const [suffix, turn] of Object.entries(make(runtime))) sides[`${name}${suffix}`] = turn;
  }
  return sides;
}
