/** A node written in Python: a guest that is told its module as text. The same in Node and in browsers. */
import { GuestNode } from '../guest/guest-node.js';
import type { StartInterpreter } from '../guest/interpreter.js';
import type { JsonObject } from '../item.js';
import type { PythonLimits } from './options.js';

export interface PythonModule {
  /** File name, for tracebacks. */
  readonly name: string;
  readonly text: string;
}

export interface PythonNodeSetup {
  readonly start: StartInterpreter;
  /** How long that takes at most. */
  readonly startMs: number;
  /** Reads the module; a file may have changed since. */
  readonly load: () => Promise<PythonModule>;
  /** A class of the module, or its node type; null where there is but one. */
  readonly className: string | null;
  /** In place of the context's, which come from the manifest. */
  readonly params?: Readonly<JsonObject> | undefined;
  readonly limits: PythonLimits;
}

/** Pyodide boots in two seconds where nobody else wants the processor. */
export const PYODIDE_START_MS = 15_000;
/** A process starts in a tenth of one. */
export const CPYTHON_START_MS = 3000;

/** Fields of the requests that name a module. */
export async function moduleFields(
  load: () => Promise<PythonModule>,
  { allowImports, requires = [] }: PythonLimits,
): Promise<object> {
  return { source: await load(), allow_imports: allowImports ?? null, requires };
}

export class PythonNode extends GuestNode {
  constructor({ start, startMs, load, className, params, limits }: PythonNodeSetup) {
    super({
      start,
      startMs,
      which: { class_name: className },
      module: () => moduleFields(load, limits),
      params,
      onLog: limits.onLog,
    });
  }
}
