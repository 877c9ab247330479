/** The runtime of a command: what the manifest, the environment and this machine come to; a fallback is told in the command's own voice. */
import type { OfflineRuntime } from '@remotemedia/native-dsp';
import { chooseRuntime, type RuntimeOptions, runtimeFor } from '@remotemedia/pipeline';

let isWarned = false;

const OPTIONS: RuntimeOptions = {
  warn: (message) => {
    if (!isWarned) process.stderr.write(`remotemedia: warning: ${message}\n`);
    isWarned = true;
  },
};

/** @param manifest whose `runtime_hint` counts, where the command is about one. */
export function offlineRuntime(manifest?: string): OfflineRuntime {
  return (manifest === undefined ? chooseRuntime(OPTIONS) : runtimeFor(manifest, OPTIONS)).offline;
}
