/** A thread of Node that runs one node in JavaScript. Its other side is `entry.ts`. */
import { Worker } from 'node:worker_threads';
import { NodeFailure } from '../external/external-node.js';
import type { Interpreter, InterpreterEvents } from '../guest/interpreter.js';
import { PrintedLines } from '../guest/printed-lines.js';
import { asFailure } from '../reliability/failure.js';

/**
 * What was built, also for who runs from sources: Node 20 has no TypeScript in threads, and the entry shares messages, checks and failures with
 * this side, which plain JavaScript would have to repeat.
 */
const ENTRY = new URL('../../dist/worker/entry.js', import.meta.url);

export class WorkerInterpreter implements Interpreter {
  readonly #worker: Worker;
  #events: InterpreterEvents | undefined;

  /** @param memoryMb of its heap, in MiB; default: what Node gives a thread. */
  constructor(memoryMb: number | undefined, events: InterpreterEvents) {
    this.#events = events;
    this.#worker = new Worker(ENTRY, {
      // Secrets of the gateway are none of a node's business.
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      ...(memoryMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
    this.#listen();
  }

  post(message: Uint8Array<ArrayBuffer>): void {
    this.#worker.postMessage(message, [message.buffer]);
  }

  kill(): void {
    this.#events = undefined;
    void this.#worker.terminate();
  }

  #listen(): void {
    const worker = this.#worker;
    // The node reaches the port, too: what is neither an answer nor a line is no message of ours.
    worker.on('message', (message: unknown) => {
      if (message instanceof Uint8Array) this.#events?.answer(message as Uint8Array<ArrayBuffer>);
      else if (isPrinted(message)) this.#events?.log(message.log);
    });
    worker.on('error', (thrown: unknown) => this.#end(failureOf(thrown)));
    worker.on('exit', (code) => this.#end(died(`ended with status ${code}`)));
    // The entry takes over what is printed; this is what Node itself says of a thread.
    for (const stream of [worker.stdout, worker.stderr]) {
      const lines = new PrintedLines((line) => this.#events?.log(line));
      stream.setEncoding('utf8').on('data', (text: string) => lines.push(text, performance.now()));
    }
  }

  #end(failure: NodeFailure): void {
    const events = this.#events;
    this.kill();
    events?.ended(failure);
  }
}

/** @param thrown anything: a node may throw null from a timer. */
function failureOf(thrown: unknown): NodeFailure {
  const { message } = asFailure(thrown);
  if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new NodeFailure('resource', 'out_of_memory', 'the node wanted more memory than it may have');
  }
  if (message.includes(ENTRY.pathname)) {
    return new NodeFailure('permanent', 'worker_not_built', `${message}; build it with \`npx tsc -b\``);
  }
  return died(`died: ${message}`);
}

function isPrinted(message: unknown): message is { log: string } {
  return (
    typeof message === 'object' && message !== null && 'log' in message && typeof message.log === 'string'
  );
}

function died(how: string): NodeFailure {
  return new NodeFailure('transient', 'node_died', `the thread of the node ${how}`);
}
