/**
 * Packages (`.rmpkg`) in Node.
 *
 *     const pkg = await PackageLoader.loadFromFile(file);
 *     const runner = new PipelineRunner();
 *     await runner.loadWasm(pkg.wasmBinary);
 *     const { result } = await runner.execute(pkg.manifest, inputData);
 */
import type { NodeHost } from '../external/host.js';
import type { Pipeline } from '../pipeline.js';
import { packagedModules } from './host.js';
import { packageLoader } from './loader.js';
import { openPackage as openOn, type PackageOptions } from './open.js';
import type { LogLine } from './platform.js';
import { NODE } from './platform-node.js';
import type { LoadedPackage } from './read.js';
import { Runner } from './runner.js';

export * from './exports.js';

export const PackageLoader = packageLoader(NODE);

export class PipelineRunner extends Runner {
  /** @param options those of a pipeline, and `trust`. */
  constructor(options: PackageOptions = {}) {
    super(NODE, options);
  }
}

/** A package as a pipeline, for sessions and audio. @throws PackageError `trust_required`; NativeError. */
export const openPackage = (pkg: LoadedPackage, options: PackageOptions = {}): Pipeline =>
  openOn(pkg, options, NODE);

/** The modules of a package for the `hosts` of a pipeline, for those who trust it. */
export const packageHost = (modules: ReadonlyMap<string, string>, onLog?: LogLine): NodeHost =>
  packagedModules(modules, NODE, { isTrusted: true, onLog });
