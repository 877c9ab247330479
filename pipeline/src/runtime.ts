/** Which runtime executes pipelines here, for `remotemedia doctor`, /readyz and session_started. */
import { loadNative, type Native, NativeUnavailableError } from '@remotemedia/native-dsp';

export type RuntimeInfo =
  | { readonly runtime: 'native'; readonly version: string; readonly opusVersion: string }
  | { readonly runtime: null; readonly reason: string };

/** @param load default: the addon of this platform. */
export function runtimeInfo(load: () => Native = loadNative): RuntimeInfo {
  try {
    const { version, opusVersion } = load();
    return { runtime: 'native', version, opusVersion };
  } catch (error) {
    if (error instanceof NativeUnavailableError) return { runtime: null, reason: error.message };
    throw error;
  }
}
