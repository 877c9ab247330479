/** `PackageLoader`, by the names of the SDK. */
import type { OfflineRuntime } from '@remotemedia/native-dsp';
import { PackageError } from './errors.js';
import { PACKAGE_LIMITS, type PackageLimits } from './limits.js';
import type { Platform } from './platform.js';
import { completePackage, type LoadedPackage, unpackPackage } from './read.js';
import { checkStructure, type StructureCheck } from './structure.js';

export interface LoadOptions {
  /** What checks the manifest. Default: in Node that of this machine; in a page the one of the package, then `/remotemedia.wasm`. */
  readonly runtime?: OfflineRuntime;
  readonly limits?: Partial<PackageLimits>;
}

export interface PackageLoading {
  /**
   * Reads and checks a package; runs nothing of it, but that in a page its own runtime, in the sandbox of WebAssembly, checks the manifest.
   * @throws PackageError of every code but `trust_required`; RuntimeUnavailableError.
   */
  loadFromFile(file: File | Blob, options?: LoadOptions): Promise<LoadedPackage>;
  /** The same for bytes. */
  load(bytes: Uint8Array | ArrayBuffer, options?: LoadOptions): Promise<LoadedPackage>;
  /** What can be said without a runtime: identifiers, ends of connections. Loading checks all of a manifest. */
  validateManifest(manifest: unknown): StructureCheck;
  /** A few lines for people. */
  getPackageInfo(pkg: LoadedPackage): string;
}

/** A runner finds the modules of a package by its manifest, which is all that it is given. */
const packages = new WeakMap<object, LoadedPackage>();

export const packageOf = (manifest: object): LoadedPackage | undefined => packages.get(manifest);

export function packageLoader(platform: Platform): PackageLoading {
  const load: PackageLoading['load'] = async (bytes, { runtime, limits } = {}) => {
    const unpacked = unpackPackage(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), limits);
    const loaded = completePackage(unpacked, runtime ?? (await platform.runtime(unpacked.wasmBinary)));
    packages.set(loaded.manifest, loaded);
    return loaded;
  };
  const loadFromFile: PackageLoading['loadFromFile'] = async (file, options = {}) => {
    if (!(file instanceof Blob))
      throw new PackageError(
        'not_a_package',
        'loadFromFile takes a File or Blob; bytes, such as those of `await readFile(path)` in Node, are for `load`',
      );
    const { packedBytes = PACKAGE_LIMITS.packedBytes } = options.limits ?? {};
    // Before it is read.
    if (file.size > packedBytes)
      throw new PackageError(
        'package_too_large',
        `it has ${file.size} bytes, where ${packedBytes} are allowed`,
      );
    if ('name' in file && !file.name.endsWith('.rmpkg'))
      throw new PackageError('not_a_package', `${file.name} does not end in .rmpkg`);
    return load(await file.arrayBuffer(), options);
  };
  return { load, loadFromFile, validateManifest: checkStructure, getPackageInfo };
}

/** Those that steer a terminal; lines may end. A package is a stranger's. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

function getPackageInfo({ manifest, metadata, wasmBinary, modules, notes }: LoadedPackage): string {
  const { metadata: described, nodes } = manifest as {
    metadata?: { name?: string; description?: string };
    nodes: readonly { id: string; node_type: string }[];
  };
  const name = metadata?.package_name ?? described?.name ?? 'unnamed';
  return [
    `${name}${metadata ? ` ${metadata.package_version}` : ''}`,
    ...(described?.description ? [described.description] : []),
    ...(metadata?.author ? [`by ${metadata.author}`] : []),
    ...(metadata?.license ? [`licence: ${metadata.license}`] : []),
    `nodes: ${nodes.map(({ id, node_type }) => `${id} (${node_type})`).join(', ')}`,
    ...(modules.size > 0 ? [`modules: ${[...modules.keys()].join(', ')}`] : []),
    `runtime: ${wasmBinary ? `${(wasmBinary.byteLength / 1e6).toFixed(1)} MB, its own` : 'that of this place'}`,
    ...notes.map(({ path, message }) => `${path} ${message}`),
  ]
    .join('\n')
    .replace(CONTROL, '');
}
