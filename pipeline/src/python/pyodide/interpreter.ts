/** Pyodide in a worker, as an interpreter; the same in Node and in browsers. Its other side is `pipeline/python/pyodide_worker.js`. */
import { NodeFailure } from '../../external/external-node.js';
import {
  droppedNote,
  type Interpreter,
  type InterpreterEvents,
  PRINT_LIMITS,
} from '../../guest/interpreter.js';

/** A worker thread of Node or a Web Worker. */
export interface WorkerPort {
  post(message: unknown, transfer?: ArrayBuffer[]): void;
  listen(onMessage: (message: unknown) => void, onDeath: (reason: string) => void): void;
  terminate(): void;
  /** Whether it keeps the process from ending; in browsers nothing does. */
  hold?(on: boolean): void;
}

/** What a worker boots from. */
export interface PyodideBoot {
  /** Address of the folder of Pyodide, with a slash at its end. */
  readonly pyodide: string;
  /** {@link HOST_FILES}, by path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface PyodidePackage {
  /** File name, ending in `.whl` or `.zip`. */
  readonly name: string;
  readonly data: Uint8Array;
}

/** What a booted interpreter is told about the node that it will run. */
export interface Adoption {
  readonly heapLimitBytes?: number | undefined;
  readonly packages: readonly PyodidePackage[];
}

/** The Python files that run nodes in Pyodide, below `pipeline/python`. */
export const HOST_FILES = [
  'pyodide_host.py',
  'remotemedia/__init__.py',
  'remotemedia/failure.py',
  'remotemedia/host.py',
  'remotemedia/items.py',
  'remotemedia/message.py',
  'remotemedia/module.py',
  'remotemedia/node.py',
  'remotemedia/outputs.py',
  'remotemedia/requirements.py',
] as const;

type Posted =
  | Uint8Array<ArrayBuffer>
  | { booted: true }
  | { adopted: true }
  | { log: string }
  | { dropped: number }
  | { failed: string };

/** Boots as soon as it is made, and waits for somebody to adopt it. */
export class PyodideInterpreter implements Interpreter {
  readonly #worker: WorkerPort;
  #events: InterpreterEvents | undefined;
  #booted = false;
  #onBooted: (() => void) | undefined;
  #failure: NodeFailure | undefined;
  /** Keeps what is posted in order while something that has to go first is still being read. */
  #posted: Promise<void> = Promise.resolve();

  constructor(worker: WorkerPort, boot: Promise<PyodideBoot>) {
    this.#worker = worker;
    worker.listen(
      (message) => this.#receive(message as Posted),
      (reason) => this.#end(reason),
    );
    // Only now: in Node, listening to a worker holds the process.
    worker.hold?.(false);
    this.#after(async () => worker.post({ boot: { ...(await boot), ...PRINT_LIMITS } }));
  }

  /** Why it is of no use any more. */
  get failure(): NodeFailure | undefined {
    return this.#failure;
  }

  /** Calls back once it has booted; never where it does not. */
  whenBooted(callback: () => void): void {
    if (this.#booted) callback();
    else this.#onBooted = callback;
  }

  /** Makes it the interpreter of one node; once. */
  adopt(events: InterpreterEvents, adoption: Promise<Adoption>): void {
    this.#events = events;
    this.#worker.hold?.(true);
    this.#after(async () => this.#worker.post({ adopt: await adoption }));
    const failure = this.#failure;
    if (failure) queueMicrotask(() => this.#events?.ended(failure));
  }

  post(message: Uint8Array<ArrayBuffer>): void {
    this.#after(() => this.#worker.post(message, [message.buffer]));
  }

  kill(): void {
    this.#events = undefined;
    this.#failure ??= new NodeFailure('permanent', 'node_closed', 'the interpreter has been ended');
    this.#worker.terminate();
  }

  #after(step: () => void | Promise<void>): void {
    this.#posted = this.#posted
      .then(() => (this.#failure ? undefined : step()))
      .catch((error) => this.#end(error));
  }

  #receive(message: Posted): void {
    if (message instanceof Uint8Array) this.#events?.answer(message);
    else if ('log' in message) this.#events?.log(message.log);
    else if ('dropped' in message) this.#events?.log(droppedNote(message.dropped));
    else if ('failed' in message) this.#end(message.failed);
    else if ('booted' in message) {
      this.#booted = true;
      this.#onBooted?.();
    }
  }

  #end(reason: string | Error): void {
    if (this.#failure) return;
    this.#failure = this.#failureOf(reason);
    const events = this.#events;
    this.kill();
    events?.ended(this.#failure);
  }

  #failureOf(reason: string | Error): NodeFailure {
    if (reason instanceof NodeFailure) return reason;
    const text = reason instanceof Error ? reason.message : reason;
    return this.#booted
      ? new NodeFailure('transient', 'node_died', `Pyodide has died: ${text}`)
      : new NodeFailure('permanent', 'pyodide_failed', `Pyodide does not start: ${text}`);
  }
}
