/** Asks modules what they say of their nodes: imports them, and runs nothing else of them. */
import type { JsonValue } from '@remotemedia/native-dsp';
import { NodeFailure } from '../external/external-node.js';
import { Connection } from './connection.js';
import type { StartInterpreter } from './interpreter.js';
import { encodeRequest } from './message.js';

/** As long as booting takes: then one that an earlier module may have left hanging is given up for a new one. */
const LONGEST_USED_MS = 3000;
/** Booting included. Whoever takes longer goes on beside the next. */
const LONGEST_TURN_MS = 5000;

export interface DescriberOptions {
  /** Every line that a module prints, and tracebacks. */
  readonly log?: ((line: string) => void) | undefined;
  /**
   * How long an interpreter waits for another question. For those that take longer to boot than to answer, and for modules of one owner: what
   * is imported may change what comes after it. Default 0: each question has its own.
   */
  readonly idleMs?: number;
}

export class Describer {
  readonly #start: StartInterpreter;
  readonly #log: (line: string) => void;
  readonly #idleMs: number;
  #turn: Promise<void> = Promise.resolve();
  #idle: { readonly connection: Connection; readonly timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(start: StartInterpreter, { log = () => {}, idleMs = 0 }: DescriberOptions = {}) {
    this.#start = start;
    this.#log = log;
    this.#idleMs = idleMs;
  }

  /**
   * Who shares an interpreter waits for a turn; one that hangs keeps the next waiting no longer than that lasts.
   * @param module fields of the request.
   * @throws NodeFailure
   */
  async describe(module: object, signal: AbortSignal): Promise<JsonValue> {
    if (this.#idleMs === 0) return this.#ask(this.#open(), module, signal);
    const before = this.#turn;
    let next!: () => void;
    this.#turn = new Promise((resolve) => {
      next = resolve;
    });
    await before;
    const limit = setTimeout(next, LONGEST_TURN_MS);
    try {
      signal.throwIfAborted();
      return await this.#share(module, signal);
    } finally {
      clearTimeout(limit);
      next();
    }
  }

  async #share(module: object, signal: AbortSignal): Promise<JsonValue> {
    const used = this.#takeIdle();
    if (used) {
      const limit = setTimeout(() => used.kill(notNeeded()), LONGEST_USED_MS);
      try {
        return await this.#ask(used, module, signal);
      } catch (error) {
        // What an earlier module has left behind may be the reason.
        if (signal.aborted) throw error;
      } finally {
        clearTimeout(limit);
      }
    }
    return this.#ask(this.#open(), module, signal);
  }

  #open(): Connection {
    return new Connection(this.#start, this.#log);
  }

  async #ask(connection: Connection, module: object, signal: AbortSignal): Promise<JsonValue> {
    try {
      connection.post(encodeRequest({ op: 'describe', ...module }));
      const answer = await connection.next(signal);
      if (answer.is === 'value') {
        this.#keep(connection);
        return answer.value;
      }
      if (answer.is !== 'failure')
        throw new NodeFailure('internal', 'protocol_broken', 'it describes nothing');
      for (const line of answer.traceback.split('\n')) if (line) this.#log(line);
      throw answer.failure;
    } catch (error) {
      connection.kill(notNeeded());
      throw error;
    }
  }

  #takeIdle(): Connection | undefined {
    const idle = this.#idle;
    this.#idle = undefined;
    clearTimeout(idle?.timer);
    return idle?.connection.failure ? undefined : idle?.connection;
  }

  #keep(connection: Connection): void {
    if (this.#idleMs === 0 || this.#idle) {
      connection.kill(notNeeded());
      return;
    }
    const timer = setTimeout(() => this.#takeIdle()?.kill(notNeeded()), this.#idleMs);
    this.#idle = { connection, timer };
  }
}

const notNeeded = () => new NodeFailure('permanent', 'node_closed', 'the module has been described');
