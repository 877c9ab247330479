/** The media planes that tests run over. */
import { createNativePlane, createWasmPlane, type PlaneFactory } from '@remotemedia/gateway';

export const PLANES: readonly (readonly ['native' | 'wasm', PlaneFactory])[] = [
  ['native', createNativePlane],
  ['wasm', createWasmPlane],
];
