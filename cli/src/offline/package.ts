/** Packages as pipelines, on the runtime of this machine. */
import type { Pipeline } from '@remotemedia/pipeline';
import { type LoadedPackage, openPackage } from '@remotemedia/pipeline/package';
import { refusing } from '../package-file.js';
import { offlineRuntime } from '../runtime.js';
import { printLine } from './log.js';
import { explained } from './parts.js';

/** @throws CommandError also where it has code that nobody trusts. */
export function openPackageParts(pkg: LoadedPackage, path: string, trust: boolean): Promise<Pipeline> {
  const runtime = offlineRuntime(JSON.stringify(pkg.manifest));
  return refusing(path, async () => {
    const pipeline = openPackage(pkg, { runtime, trust, onLog: printLine });
    await explained(path, () => pipeline.load());
    return pipeline;
  });
}
