/** What may be said about the runtime: in the environment, in a call, in a manifest. */

/** What executes a graph: machine code or WebAssembly. Both are the same Rust and give the same results. */
export type RuntimeName = 'native' | 'wasm';

/** `auto` is native where it can be had, WebAssembly otherwise. */
export type RuntimeChoice = RuntimeName | 'auto';

/** The variable that decides for the whole process. */
export const RUNTIME_VARIABLE = 'REMOTEMEDIA_RUNTIME';

const CHOICES: readonly string[] = ['auto', 'native', 'wasm'] satisfies RuntimeChoice[];

/** The runtime that was asked for cannot be had here. */
export class RuntimeUnavailableError extends Error {
  readonly code = 'runtime_unavailable';

  constructor(
    /** What was asked for. */
    readonly wanted: RuntimeChoice,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'RuntimeUnavailableError';
  }
}

/**
 * What the environment says; `auto` where it says nothing.
 * @throws RuntimeUnavailableError for a word that is none of the choices.
 */
export function environmentChoice(
  environment: Readonly<Record<string, string | undefined>> = globalThis.process?.env ?? {},
): RuntimeChoice {
  const word = environment[RUNTIME_VARIABLE] || 'auto';
  if (CHOICES.includes(word)) return word as RuntimeChoice;
  throw new RuntimeUnavailableError(
    'auto',
    `${RUNTIME_VARIABLE} is "${word}"; it must be auto, native or wasm.`,
  );
}
