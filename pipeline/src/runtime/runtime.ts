/**
 * Which runtime executes pipelines here, and why: native where the addon can be loaded, WebAssembly otherwise, or the one that was asked
 * for. Falling back is told once, never silently.
 */
import {
  type Carried,
  type ExternalMention,
  type ExternalSpec,
  isNativeError,
  loadNative,
  loadWasmFile,
  type ManifestValidation,
  type Native,
  NativeUnavailableError,
  type OfflineRuntime,
  WasmUnavailableError,
} from '@remotemedia/native-dsp';
import {
  environmentChoice,
  RUNTIME_VARIABLE,
  type RuntimeChoice,
  type RuntimeName,
  RuntimeUnavailableError,
} from './choice.js';

/** A runtime that was chosen. */
export interface Runtime {
  readonly name: RuntimeName;
  /** Why this one, in a sentence. */
  readonly reason: string;
  readonly version: string;
  /** Version text of libopus; null where the runtime has none. */
  readonly opusVersion: string | null;
  readonly offline: OfflineRuntime;
}

/** Where the runtimes come from; each throws its own "unavailable" error. */
export interface RuntimeLoaders {
  native(): Native;
  wasm(): OfflineRuntime;
}

export interface RuntimeOptions {
  /** Default: what the environment says. */
  readonly wanted?: RuntimeChoice;
  /** Default: the addon of this platform and the module of the package. */
  readonly loaders?: RuntimeLoaders;
  /** Gets the warning that the native runtime cannot be used. Default: `process.emitWarning`, once in a process. */
  readonly warn?: (message: string) => void;
}

const ALL: readonly Carried[] = ['audio', 'value', 'event', 'binary'];
const ANY_NODE: Omit<ExternalSpec, 'node_type'> = {
  summary: '',
  executor: 'javascript',
  takes: ALL,
  gives: ALL,
};

const LOADERS: RuntimeLoaders = { native: loadNative, wasm: loadWasmFile };

/** @throws RuntimeUnavailableError where the runtime that was asked for, or any at all, cannot be had. */
export function chooseRuntime({
  wanted = environmentChoice(),
  loaders = LOADERS,
  warn = warnOnce,
}: RuntimeOptions = {}): Runtime {
  if (wanted === 'native') return native(loaders, wanted, 'It was asked for.');
  if (wanted === 'wasm') return wasm(loaders, wanted, 'It was asked for.');
  try {
    return native(loaders, wanted, 'It is the default.');
  } catch (error) {
    if (!(error instanceof RuntimeUnavailableError)) throw error;
    const runtime = wasm(loaders, wanted, error.message, error);
    warn(`${error.message} Pipelines run on WebAssembly: same results, slower.`);
    return runtime;
  }
}

/**
 * The runtime for a manifest, which may have a wish of its own: `runtime_hint`. What is wrong with the manifest is told when it is compiled.
 * @throws RuntimeUnavailableError also where the environment forbids what the manifest wants.
 */
export function runtimeFor(manifest: string, options: RuntimeOptions = {}): Runtime {
  // Most have no wish, and need not be read twice.
  if (!manifest.includes('runtime_hint')) return chooseRuntime(options);
  const { wanted = environmentChoice() } = options;
  const silent = chooseRuntime({ ...options, wanted, warn: () => {} });
  const hint = hintOf(manifest, silent.offline);
  if (hint === undefined || hint === wanted) return chooseRuntime({ ...options, wanted });
  if (wanted === 'auto') return chooseRuntime({ ...options, wanted: hint });
  throw new RuntimeUnavailableError(
    hint,
    `The manifest asks for the runtime ${hint}, ${RUNTIME_VARIABLE} permits ${wanted} only.`,
  );
}

function hintOf(manifest: string, runtime: OfflineRuntime): RuntimeName | undefined {
  const externals = JSON.stringify(anyNodes(manifest, runtime));
  try {
    const result = JSON.parse(runtime.validateManifest(manifest, undefined, externals)) as ManifestValidation;
    return result.ok ? (result.manifest as { runtime_hint?: RuntimeName }).runtime_hint : undefined;
  } catch (error) {
    // It would run a node of the catalogue outside.
    if (isNativeError(error)) return undefined;
    throw error;
  }
}

/** Whoever brings the nodes outside along, the wish is the same: here, what has no file of its own may be anything. */
function anyNodes(manifest: string, runtime: OfflineRuntime): ExternalSpec[] {
  const mentions = JSON.parse(runtime.externalMentions(manifest)) as ExternalMention[];
  const nodes = mentions.filter(({ module, node_type }) => module === null && node_type !== '');
  const types = new Set(nodes.map(({ node_type }) => node_type));
  return [...types].map((node_type) => ({ ...ANY_NODE, node_type }));
}

function native({ native: load }: RuntimeLoaders, wanted: RuntimeChoice, reason: string): Runtime {
  try {
    const addon = load();
    const { version, opusVersion } = addon;
    return { name: 'native', reason, version, opusVersion, offline: addon };
  } catch (error) {
    if (!(error instanceof NativeUnavailableError)) throw error;
    throw new RuntimeUnavailableError(wanted, error.message, error);
  }
}

/** @param absence why the native runtime was not taken, where it was wanted. */
function wasm(
  { wasm: load }: RuntimeLoaders,
  wanted: RuntimeChoice,
  reason: string,
  absence?: Error,
): Runtime {
  try {
    const offline = load();
    return { name: 'wasm', reason, version: offline.version, opusVersion: null, offline };
  } catch (error) {
    if (!(error instanceof WasmUnavailableError)) throw error;
    const message = absence ? `${absence.message} ${error.message}` : error.message;
    throw new RuntimeUnavailableError(wanted, message, error);
  }
}

let isWarned = false;

function warnOnce(message: string): void {
  if (!isWarned) process.emitWarning(message, { type: 'RuntimeWarning', code: 'REMOTEMEDIA_WASM' });
  isWarned = true;
}
