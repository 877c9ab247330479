/** A package from its bytes: unpacked within limits, verified, its manifest imported and checked. Runs nothing of it. */
import type { Complaint, OfflineRuntime } from '@remotemedia/native-dsp';
import { type ImportNote, importManifest } from '../import/index.js';
import { PYTHON_NODE_SPECS } from '../python/catalogue.js';
import { CHECKSUMS, verifyChecksums } from './checksums.js';
import { invalidManifest, PackageError } from './errors.js';
import { PACKAGE_LIMITS, type PackageLimits } from './limits.js';
import { type PackageMetadata, parseMetadata } from './metadata.js';
import { MODULES, moduleEntry, modulesNamedIn } from './module-name.js';
import { isOurRuntime, isWasm } from './runtime-module.js';
import { readDirectory, type ZipEntry } from './zip/directory.js';
import { unpack } from './zip/unpack.js';

export const MANIFEST = 'manifest.json';
export const METADATA = 'metadata.json';
export const RUNTIME = 'runtime.wasm';

export interface LoadedPackage {
  /** Sound manifest v1. */
  readonly manifest: object;
  /** `runtime.wasm`, where pipelines can run on it here; null where there is none, or a foreign one. */
  readonly wasmBinary: ArrayBuffer | null;
  readonly metadata: PackageMetadata | null;
  /** What was changed, left out or not used. Paths are those of entries, and of fields of the manifest. */
  readonly notes: readonly ImportNote[];
  /** Texts of the modules, by the names that the manifest has for them. */
  readonly modules: ReadonlyMap<string, string>;
}

/** A package before its manifest is looked into: for that a runtime is needed, which it may bring along. */
export interface UnpackedPackage extends Omit<LoadedPackage, 'manifest' | 'modules'> {
  readonly manifestText: string;
  /** By name. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly limits: PackageLimits;
}

/** @throws PackageError of every code but `invalid_manifest` and `trust_required`. */
export function unpackPackage(bytes: Uint8Array, limits: Partial<PackageLimits> = {}): UnpackedPackage {
  const allowed = { ...PACKAGE_LIMITS, ...limits };
  const files = readDirectory(bytes, allowed).filter(({ name }) => !name.endsWith('/'));
  const entries = new Map(files.map((entry) => [entry.name, entry]));
  for (const { name, unpackedBytes } of files)
    if (isRead(name) && name !== RUNTIME && unpackedBytes > allowed.textBytes)
      throw new PackageError('package_too_large', `${name} has more than ${allowed.textBytes} bytes`);
  const checksums = entries.get(CHECKSUMS);
  if (checksums) {
    const others = files.filter((entry) => entry !== checksums);
    verifyChecksums(textOf(checksums), new Map(others.map((entry) => [entry.name, unpack(entry)])));
  }
  const manifest = entries.get(MANIFEST);
  if (!manifest) throw new PackageError('manifest_missing', `it has no ${MANIFEST}`);
  const notes: ImportNote[] = files
    .filter(({ name }) => !isRead(name))
    .map(({ name }) => ({ path: name, message: 'is not read: packages have nothing of this name' }));
  return {
    manifestText: textOf(manifest),
    wasmBinary: runtimeOf(entries.get(RUNTIME), notes),
    metadata: metadataOf(entries.get(METADATA), notes),
    notes,
    entries,
    limits: allowed,
  };
}

const isRead = (name: string): boolean =>
  [MANIFEST, METADATA, RUNTIME, CHECKSUMS].includes(name) || name.startsWith(MODULES);

/** @throws PackageError `invalid_manifest` with all complaints; `invalid_entry`. */
export function completePackage(unpacked: UnpackedPackage, runtime: OfflineRuntime): LoadedPackage {
  const { manifestText, entries, wasmBinary, metadata, notes } = unpacked;
  const imported = importManifest(jsonOf(manifestText), { runtime, externals: PYTHON_NODE_SPECS });
  const complaints = [...(imported.ok ? [] : imported.complaints)];
  const modules = new Map<string, string>();
  const named = imported.ok ? imported.manifest : jsonOf(manifestText);
  for (const { index, module } of modulesNamedIn(named)) {
    const found = moduleEntry(module);
    const entry = 'entry' in found ? entries.get(found.entry) : undefined;
    if (entry) modules.set(module, textOf(entry));
    else
      complaints.push(moduleMissing(index, module, 'fault' in found ? found.fault : 'is not in the package'));
  }
  if (!imported.ok || complaints.length > 0) throw invalidManifest(complaints);
  const inManifest = imported.notes.map(({ path, message }) => ({ path: `${MANIFEST}: ${path}`, message }));
  return { manifest: imported.manifest, wasmBinary, metadata, notes: [...notes, ...inManifest], modules };
}

/** All of it, where there is a runtime already. @throws as both. */
export const readPackage = (bytes: Uint8Array, runtime: OfflineRuntime): LoadedPackage =>
  completePackage(unpackPackage(bytes), runtime);

const moduleMissing = (index: number, module: string, fault: string): Complaint => ({
  path: `nodes[${index}].module`,
  code: 'module_missing',
  message: `${module} ${fault}`,
  hint: 'Packages have the modules of their nodes below modules/.',
});

function runtimeOf(entry: ZipEntry | undefined, notes: ImportNote[]): ArrayBuffer | null {
  if (!entry) return null;
  const bytes = unpack(entry);
  if (!isWasm(bytes)) throw new PackageError('invalid_runtime', `${RUNTIME} is no WebAssembly module`);
  if (isOurRuntime(bytes)) return bytes.buffer;
  notes.push({ path: RUNTIME, message: 'is not used: it is no runtime of this project' });
  return null;
}

function metadataOf(entry: ZipEntry | undefined, notes: ImportNote[]): PackageMetadata | null {
  const metadata = entry ? parseMetadata(textOf(entry)) : null;
  if (entry && !metadata) notes.push({ path: METADATA, message: 'is left out: it has no name and version' });
  return metadata;
}

/** @throws PackageError `invalid_entry` */
function textOf(entry: ZipEntry): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(unpack(entry));
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    throw new PackageError('invalid_entry', `the entry ${entry.name} is no text in UTF-8`, [], { cause });
  }
}

function jsonOf(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    throw invalidManifest([{ path: '', code: 'syntax_error', message, hint: `${MANIFEST} is JSON.` }]);
  }
  if (typeof value === 'object' && value !== null) return value;
  throw invalidManifest([{ path: '', code: 'wrong_type', message: 'is no object', hint: '' }]);
}
