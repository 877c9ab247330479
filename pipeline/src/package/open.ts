/** A package as a {@link Pipeline}, its modules in reach of the manifest. */
import { Pipeline, type PipelineOptions } from '../pipeline.js';
import { PackageError } from './errors.js';
import { packagedModules } from './host.js';
import { modulesNamedIn, needsTrust } from './module-name.js';
import type { LogLine, Platform } from './platform.js';
import type { LoadedPackage } from './read.js';

export interface PackageTrust {
  /**
   * Whether code of the package may run with the rights of this page or process: modules in JavaScript, and in Python outside Pyodide.
   * A package is code; default false.
   */
  readonly trust?: boolean;
}

export interface PackageOptions extends Omit<PipelineOptions, 'base'>, PackageTrust {
  /** Every line that a node prints in a thread or in Python. Bounded: 200 lines a second, 2000 characters a line. */
  readonly onLog?: LogLine;
}

/** @throws PackageError `trust_required`; what `Pipeline.fromManifest` throws. */
export function openPackage(
  { manifest, modules }: Pick<LoadedPackage, 'manifest' | 'modules'>,
  { trust = false, hosts = [], onLog, ...options }: PackageOptions,
  platform: Platform,
): Pipeline {
  const named = modulesNamedIn(manifest).filter(({ module }) => modules.has(module));
  const code = named.filter(needsTrust).map(({ module }) => module);
  if (code.length > 0 && !trust) {
    const list = [...new Set(code)].join(', ');
    const message = `${list} would run with the rights of this program; if you trust the package, say so: { trust: true }`;
    throw new PackageError('trust_required', message);
  }
  const own = [
    packagedModules(modules, platform, { isTrusted: trust, onLog }),
    ...hosts,
    platform.pythonNodes(onLog),
  ];
  return Pipeline.fromManifest(manifest, { ...options, hosts: own });
}
