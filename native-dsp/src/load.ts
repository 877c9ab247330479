/**
 * Finds and loads the addon for this platform. The file is made by `npm run build:native` and never committed.
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { checkedRuntime } from './checked-runtime.js';
import { isCutOff } from './elf.js';
import { NativeUnavailableError } from './errors.js';
import type { Native } from './native.js';
import { missingFrom } from './surface.js';

/** Where the addon of this platform belongs. From `src/` and `dist/` alike, the package is one up. */
export const NATIVE_PATH = fileURLToPath(
  new URL(`../dist/remotemedia.${process.platform}-${process.arch}.node`, import.meta.url),
);

let loaded: Native | undefined;

/**
 * The native runtime, loaded on the first call.
 * @throws NativeUnavailableError when it was not built or cannot be loaded here.
 */
export function loadNative(): Native {
  loaded ??= load();
  return loaded;
}

/** Whether {@link loadNative} would succeed. */
export function isNativeRuntimeAvailable(): boolean {
  try {
    loadNative();
    return true;
  } catch (error) {
    if (error instanceof NativeUnavailableError) return false;
    throw error;
  }
}

function load(): Native {
  if (!existsSync(NATIVE_PATH)) throw new NativeUnavailableError(NATIVE_PATH, 'it has not been built');
  const addon = required();
  const missing = missingFrom(addon);
  if (missing === undefined) return checkedRuntime(addon as Native);
  throw new NativeUnavailableError(NATIVE_PATH, `it is of another version: it has no ${missing}`);
}

function required(): object {
  try {
    if (isCutOff(NATIVE_PATH)) throw new Error('the file is cut off');
    return createRequire(import.meta.url)(NATIVE_PATH) as object;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NativeUnavailableError(NATIVE_PATH, reason.replace(`${NATIVE_PATH}: `, ''), cause);
  }
}
