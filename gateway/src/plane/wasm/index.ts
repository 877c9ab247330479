/** Makes the fallback plane. */
import { loadWasmModule } from '@remotemedia/native-dsp';
import type { PlaneFactory } from '../plane-port.js';
import { warmUp } from './codec.js';
import { WasmPlane } from './plane.js';

/** @throws WasmUnavailableError, NativeError `bind_failed`, `invalid_options`. */
export const createWasmPlane: PlaneFactory = (options, wake) => {
  const plane = new WasmPlane(loadWasmModule(), options, wake);
  warmUp();
  return plane;
};
