/**
 * A node that runs in an interpreter of its own, a process or a thread, as the runner calls it. Starts one for itself and a new one where
 * that has been killed or has died; what the node had in memory is lost then, and it is initialised anew.
 */
import {
  type ExternalNode,
  type NodeContext,
  NodeFailure,
  type NodeOutput,
} from '../external/external-node.js';
import type { Item, JsonObject } from '../item.js';
import { Connection } from './connection.js';
import type { StartInterpreter } from './interpreter.js';
import { type Answer, encodeItem, encodeRequest } from './message.js';

/** Outputs that may be on their way before the runner has taken the first. */
const CREDIT = 16;
/** How long the node may take to free what it holds. */
const CLEANUP_MS = 1000;
/** Lines of what was printed last that the failure of a dead node quotes. */
const QUOTED_LINES = 5;

export interface GuestNodeSetup {
  readonly start: StartInterpreter;
  /** How long that takes at most, on a busy machine. */
  readonly startMs: number;
  /** Fields of the request to create the node that say what its module is; asked at each start, for a file may have changed since. */
  readonly module: () => object | Promise<object>;
  /** Fields that say which node of the module it is. */
  readonly which: object;
  /** In place of the context's, which come from the manifest. */
  readonly params?: Readonly<JsonObject> | undefined;
  /** Every line that the node prints, and tracebacks. */
  readonly onLog?: ((line: string, nodeId: string) => void) | undefined;
}

export class GuestNode implements ExternalNode {
  readonly #setup: GuestNodeSetup;
  readonly #lastLines: string[] = [];
  #connection: Connection | undefined;
  #isClosed = false;
  /** Outputs of the call before may still be on their way. */
  #streaming = false;
  #nodeId = '';

  constructor(setup: GuestNodeSetup) {
    this.#setup = setup;
  }

  get startMs(): number {
    return this.#setup.startMs;
  }

  get isDown(): boolean {
    return !this.#connection || this.#connection.failure !== undefined;
  }

  async initialize(context: NodeContext): Promise<void> {
    await this.#connected(context);
  }

  process(item: Item, context: NodeContext): Promise<NodeOutput> {
    return this.#call(() => encodeItem(item, CREDIT), context);
  }

  endOfInput(context: NodeContext): Promise<NodeOutput> {
    return this.#call(() => encodeRequest({ op: 'end_of_input', credit: CREDIT }), context);
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#isClosed = true;
    if (!connection || connection.failure) return;
    const closed = closedFailure();
    // In the middle of a call, it hears nothing.
    if (connection.busy) return connection.kill(closed);
    const signal = AbortSignal.timeout(CLEANUP_MS);
    try {
      await this.#stop(connection, signal);
      connection.post(encodeRequest({ op: 'close' }));
      this.#check(await connection.next(signal), connection);
    } catch (error) {
      this.#log(`closing failed: ${(error as Error).message}`);
    }
    connection.kill(closed);
  }

  async #call(request: () => Uint8Array<ArrayBuffer>, context: NodeContext): Promise<NodeOutput> {
    const message = request();
    const connection = await this.#connected(context);
    await this.#stop(connection, context.signal);
    connection.post(message);
    const first = await this.#next(connection, context.signal);
    if (first.is !== 'item') return undefined;
    if (first.last) return first.item;
    this.#streaming = true;
    return this.#stream(connection, first.item, context.signal);
  }

  async *#stream(connection: Connection, first: Item, signal: AbortSignal): AsyncGenerator<Item> {
    let credit = CREDIT - 1;
    try {
      yield first;
      while (this.#streaming) {
        if (credit === 0) {
          credit = CREDIT;
          connection.post(encodeRequest({ op: 'more', credit }));
        }
        const answer = await this.#next(connection, signal);
        this.#streaming = answer.is === 'item' && !answer.last;
        credit--;
        if (answer.is === 'item') yield answer.item;
      }
    } finally {
      // Whoever does not want the rest ends the generator over there, too.
      if (connection === this.#connection) await this.#stop(connection, signal);
    }
  }

  /** Ends what the call before still streams. */
  async #stop(connection: Connection, signal: AbortSignal): Promise<void> {
    if (!this.#streaming) return;
    connection.post(encodeRequest({ op: 'stop' }));
    try {
      while ((await connection.next(signal)).is !== 'stopped');
    } catch (error) {
      this.#forget(connection);
      throw error;
    }
    this.#streaming = false;
  }

  async #connected({ nodeId, params, signal }: NodeContext): Promise<Connection> {
    if (this.#connection && !this.#connection.failure) return this.#connection;
    const death = this.#connection?.failure;
    this.#connection = undefined;
    // It died between two calls: said once, with its state lost; the next attempt starts anew.
    if (death) throw this.#withLastLines(death);
    this.#nodeId = nodeId;
    const module = await this.#setup.module();
    if (this.#isClosed) throw closedFailure();
    const connection = this.#open();
    const { which, params: own } = this.#setup;
    const fields = { node_id: nodeId, ...which, params: own ?? params };
    connection.post(encodeRequest({ op: 'create', ...fields, ...module }));
    await this.#next(connection, signal).catch((error) => {
      connection.kill(error);
      this.#connection = undefined;
      throw error;
    });
    return connection;
  }

  #open(): Connection {
    this.#streaming = false;
    this.#lastLines.length = 0;
    this.#connection = new Connection(this.#setup.start, (line) => this.#log(line));
    return this.#connection;
  }

  async #next(connection: Connection, signal: AbortSignal): Promise<Answer> {
    try {
      return this.#check(await connection.next(signal), connection);
    } catch (error) {
      this.#forget(connection);
      if (!connection.failure) this.#streaming = false;
      throw error instanceof NodeFailure && error.code === 'node_died' ? this.#withLastLines(error) : error;
    }
  }

  /** One whose failure is being told: the next call is not to hear of it again. */
  #forget(connection: Connection): void {
    if (connection.failure && connection === this.#connection) this.#connection = undefined;
  }

  #check(answer: Answer, connection: Connection): Answer {
    if (answer.is !== 'failure') return answer;
    for (const line of answer.traceback.split('\n')) if (line) this.#log(line);
    if (answer.fatal) connection.kill(answer.failure);
    throw answer.failure;
  }

  #withLastLines(failure: NodeFailure): NodeFailure {
    if (this.#lastLines.length === 0) return failure;
    const message = `${failure.message}; it printed last:\n${this.#lastLines.join('\n')}`;
    return new NodeFailure(failure.errorClass, failure.code, message, { cause: failure });
  }

  #log(line: string): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > QUOTED_LINES) this.#lastLines.shift();
    this.#setup.onLog?.(line, this.#nodeId);
  }
}

const closedFailure = () => new NodeFailure('permanent', 'node_closed', 'the node has been closed');
