/** One interpreter and the answers that have come from it: turns its events into promises. One caller at a time. */
import { NodeFailure } from '../external/external-node.js';
import type { Interpreter, StartInterpreter } from './interpreter.js';
import { type Answer, decodeAnswer } from './message.js';

/** Far more than any credit: who sends more does not keep to the protocol. */
const MOST_UNREAD = 64;

export class Connection {
  readonly #interpreter: Interpreter;
  /** Answers that nobody has asked for yet: no more than the credit that was given. */
  readonly #answers: Answer[] = [];
  #waiting: { resolve(answer: Answer): void; reject(failure: NodeFailure): void } | undefined;
  #failure: NodeFailure | undefined;

  constructor(start: StartInterpreter, log: (line: string) => void) {
    this.#interpreter = start({
      answer: (message) => this.#receive(message),
      log,
      ended: (failure) => this.#end(failure),
    });
  }

  /** Why it is of no use any more; undefined while it is. */
  get failure(): NodeFailure | undefined {
    return this.#failure;
  }

  /** Whether somebody waits for an answer. */
  get busy(): boolean {
    return this.#waiting !== undefined;
  }

  post(message: Uint8Array<ArrayBuffer>): void {
    if (this.#failure === undefined) this.#interpreter.post(message);
  }

  /**
   * The next answer. Where the signal is aborted before it has come, the interpreter is killed: code that runs cannot be asked to stop.
   * @throws NodeFailure `timeout`, or why the interpreter died.
   */
  async next(signal: AbortSignal): Promise<Answer> {
    const answer = this.#answers.shift();
    if (answer !== undefined) return answer;
    if (this.#failure !== undefined) throw this.#failure;
    const abort = () => this.kill(timeoutFailure(signal));
    if (signal.aborted) {
      abort();
      throw this.#failure!;
    }
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting = { resolve, reject };
      });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  kill(failure: NodeFailure): void {
    this.#interpreter.kill();
    this.#end(failure);
  }

  #receive(message: Uint8Array<ArrayBuffer>): void {
    const answer = this.#decode(message);
    if (answer === undefined) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(answer);
    else if (this.#answers.push(answer) > MOST_UNREAD) this.#refuse('it sends more than it was asked for');
  }

  #refuse(reason: string, cause?: unknown): void {
    this.#answers.length = 0;
    this.kill(new NodeFailure('internal', 'protocol_broken', reason, { cause }));
  }

  #decode(message: Uint8Array<ArrayBuffer>): Answer | undefined {
    try {
      return decodeAnswer(message);
    } catch (cause) {
      this.#refuse(`what came from the node is no answer: ${(cause as Error).message}`, cause);
      return undefined;
    }
  }

  #end(failure: NodeFailure): void {
    this.#failure ??= failure;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure);
  }
}

function timeoutFailure(signal: AbortSignal): NodeFailure {
  if (signal.reason instanceof NodeFailure) return signal.reason;
  return new NodeFailure('timeout', 'node_timeout', 'the node did not answer in time and was killed');
}
