/** Makes packages: checked, and of the same bytes whenever what goes in is the same. Files are for the caller to read. */
import type { Complaint, Interpolation, OfflineRuntime, PlanAnswer } from '@remotemedia/native-dsp';
import { type Zippable, zipSync } from 'fflate';
import { type ImportNote, importManifest } from '../import/index.js';
import { PYTHON_NODE_SPECS } from '../python/catalogue.js';
import { chooseRuntime } from '../runtime/runtime.js';
import { CHECKSUMS, checksumsOf } from './checksums.js';
import { invalidManifest, PackageError } from './errors.js';
import { importsOf } from './imports.js';
import { describe, type GivenMetadata } from './metadata.js';
import { isJavaScript, moduleEntry, modulesNamedIn } from './module-name.js';
import { MANIFEST, METADATA, RUNTIME, unpackPackage } from './read.js';
import { isOurRuntime } from './runtime-module.js';

export interface BuildOptions {
  /** The text of a module, by the name that the manifest has for it. @throws Error whose message says why there is none. */
  readonly readModule: (module: string) => string;
  /** Ours; without it, the package runs on that of the place where it is loaded. */
  readonly wasm?: Uint8Array;
  readonly metadata?: GivenMetadata;
  readonly runtime?: OfflineRuntime;
}

export interface BuiltPackage {
  readonly bytes: Uint8Array;
  /** What the manifest says otherwise than its source. */
  readonly notes: readonly ImportNote[];
}

/** ZIP has times without a zone: these fields are the same in all of them. */
const earliest = (): Date => new Date(1980, 0, 1, 12);
const encoder = new TextEncoder();

/**
 * @param source manifest v1 or one of the SDK, JSON or YAML.
 * @throws PackageError `invalid_manifest` with all complaints, those about modules and variables included; `invalid_metadata`,
 *   `invalid_runtime`, `package_too_large`.
 */
export function buildPackage(
  source: string,
  { readModule, wasm, metadata = {}, runtime = chooseRuntime().offline }: BuildOptions,
): BuiltPackage {
  if (wasm && !isOurRuntime(wasm))
    throw new PackageError('invalid_runtime', 'it is no WebAssembly module of this project');
  const variables = variablesIn(source, runtime);
  const imported = importManifest(variables.text, { runtime, externals: PYTHON_NODE_SPECS });
  const complaints = [...variables.complaints, ...(imported.ok ? [] : imported.complaints)];
  const modules = imported.ok ? readModules(imported.manifest, readModule, complaints) : new Map();
  if (!imported.ok || complaints.length > 0) throw invalidManifest(complaints);
  // Loaders of the SDK ask for it.
  const manifest = { runtime: { target: 'wasm32-wasi' }, ...imported.manifest };
  const externals = JSON.stringify(PYTHON_NODE_SPECS);
  const answer = JSON.parse(
    runtime.planPipeline(JSON.stringify(manifest), undefined, externals),
  ) as PlanAnswer;
  if (!answer.ok) throw invalidManifest(answer.complaints);
  const described = describe(metadata, manifest, answer.plan, wasm?.length ?? 0);
  const entries = new Map<string, Uint8Array>([
    [MANIFEST, json(manifest)],
    [METADATA, json(described)],
    ...(wasm ? [[RUNTIME, wasm] as const] : []),
    ...[...modules].sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  entries.set(CHECKSUMS, json(checksumsOf(entries)));
  const files: Zippable = Object.fromEntries(entries);
  const bytes = zipSync(files, { level: 9, mtime: earliest(), os: 3 });
  // What nobody would take is not made.
  unpackPackage(bytes);
  return { bytes, notes: imported.notes };
}

const json = (value: object): Uint8Array => encoder.encode(`${JSON.stringify(value, null, 2)}\n`);

/** What is a variable here is another, or somebody's secret, where the package is opened. */
function variablesIn(source: string, runtime: OfflineRuntime): { text: string; complaints: Complaint[] } {
  const answer = JSON.parse(runtime.interpolateManifest(source, '{}')) as Interpolation;
  // `$${` is the way to write `${`, and no variable.
  const references = answer.replaced.filter(({ written }) => /(?<!\$)\$\{/.test(written));
  const complaints = references.map(({ written }) => ({
    path: '',
    code: 'variable_in_package',
    message: `${written} is a variable of the environment, which packages do not have`,
    hint: 'Write its value.',
  }));
  return answer.ok
    ? { text: answer.text, complaints }
    : { text: source, complaints: [...complaints, ...answer.complaints] };
}

function readModules(
  manifest: object,
  read: (module: string) => string,
  complaints: Complaint[],
): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { index, module } of modulesNamedIn(manifest)) {
    const complain = (code: string, message: string, hint: string) =>
      complaints.push({ path: `nodes[${index}].module`, code, message: `${module} ${message}`, hint });
    const named = moduleEntry(module);
    if ('fault' in named)
      complain('module_outside', named.fault, 'Name a file below the folder of the manifest.');
    else {
      try {
        const text = read(module);
        const imports = isJavaScript(module) ? importsOf(text).filter((it) => !it.startsWith('node:')) : [];
        const hint = 'Bundle it into one file, and write what defineNode gives as a plain object.';
        if (imports.length > 0) complain('module_imports', `imports ${imports.join(', ')}`, hint);
        found.set(named.entry, encoder.encode(text));
      } catch (error) {
        complain('module_missing', `cannot be read: ${(error as Error).message}`, 'Put it there.');
      }
    }
  }
  return found;
}
