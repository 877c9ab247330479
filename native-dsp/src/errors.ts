/** Errors of the native runtime: stable codes, and all complaints about a manifest at once. */

/** One thing wrong with a manifest. */
export interface Complaint {
  /** Where, as a path to the key: `nodes[1].params.threshold`. */
  path: string;
  /** Stable. */
  code: string;
  message: string;
  /** What to do about it. */
  hint: string;
  /** From 1; where the manifest is a text of lines. */
  line?: number;
  /** From 1, in characters. */
  column?: number;
}

/** Where, for people and for editors that make it a link: `file:3:5: nodes[1].params`. */
export function complaintPlace({ path, line, column }: Complaint, file?: string): string {
  const position = line === undefined ? [] : [line, column];
  const place = [file, ...position].filter((part) => part !== undefined).join(':');
  return [place, path].filter((part) => part !== '').join(': ') || '(document)';
}

/** Codes of the errors that the native runtime throws. */
export const NATIVE_ERROR_CODES = [
  'bind_failed',
  'codec_unavailable',
  'division_by_zero',
  'duplicate_ufrag',
  'graph_failed',
  'input_format',
  'internal_error',
  'invalid_address',
  'invalid_input',
  'invalid_json',
  'invalid_keys',
  'invalid_manifest',
  'invalid_options',
  'media_already_started',
  'media_not_started',
  'media_thread_failed',
  'node_panicked',
  'number_overflow',
  'output_not_encodable',
  'plane_busy',
  'plane_closed',
  'session_panicked',
  'too_many_sessions',
  'too_many_values',
  'undefined_result',
  'unknown_handle',
  'unknown_node',
  'unsupported_profile',
] as const;

export type NativeErrorCode = (typeof NATIVE_ERROR_CODES)[number];

/**
 * What the native runtime throws. `complaints` is there for `invalid_manifest`; the last three where a node of a
 * pipeline of values failed.
 */
export interface NativeError extends Error {
  code: NativeErrorCode;
  complaints?: Complaint[];
  /** Id of the node that failed. */
  nodeId?: string;
  /** Index, from 0, of the input value from which the failure came. */
  inputIndex?: number;
  /** What to do about it. */
  hint?: string;
}

/** The error that a runtime throws which is not the addon. */
export function nativeError(
  code: NativeErrorCode,
  message: string,
  { cause, ...details }: Omit<NativeError, keyof Error | 'code'> & { cause?: unknown } = {},
): NativeError {
  const error = new Error(message, cause === undefined ? {} : { cause });
  return Object.assign(error, { code }, details);
}

/** Whether `error` was thrown by a runtime. */
export function isNativeError(error: unknown): error is NativeError {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return (NATIVE_ERROR_CODES as readonly unknown[]).includes(error.code);
}

/** The addon is absent or does not fit this Node; the message says which file and how to build it. */
export class NativeUnavailableError extends Error {
  readonly code = 'native_unavailable';
  /** The file that was looked for. */
  readonly path: string;

  constructor(
    path: string,
    reason: string,
    cause?: unknown,
    remedy = 'Build it with "npm run build:native", which needs a Rust toolchain.',
  ) {
    super(unavailable('native', path, reason, remedy), { cause });
    this.name = 'NativeUnavailableError';
    this.path = path;
  }
}

/** The WebAssembly module is absent or cannot be used here; the message says which file and how to build it. */
export class WasmUnavailableError extends Error {
  readonly code = 'wasm_unavailable';
  /** The file that was looked for. */
  readonly path: string;

  constructor(
    path: string,
    reason: string,
    cause?: unknown,
    remedy = 'Build it with "make wasm", which says what it needs.',
  ) {
    super(unavailable('WebAssembly', path, reason, remedy), { cause });
    this.name = 'WasmUnavailableError';
    this.path = path;
  }
}

/** A browser has no path to tell. */
function unavailable(name: string, path: string, reason: string, remedy: string): string {
  return `The ${name} runtime cannot be used: ${reason}${path && ` (${path})`}. ${remedy}`.trim();
}
