/**
 * A pipeline that a client runs without WebRTC: items in, items out, over whatever transport. Made by `ExecutionService.open`; a transport reads
 * `outputs` and closes it. It adds to a `PipelineSession` what a stranger at the other end makes necessary: limits, an idle time-out, counters.
 */
import {
  type Item,
  itemBytes,
  NO_TOTALS,
  type PipelineMetrics,
  type PipelineOutput,
  type PipelineSession,
  type PipelineTotals,
} from '@remotemedia/pipeline';
import { GatewayError } from '../errors.js';
import { closedBecause, executionError } from './failures.js';
import { piecesOf } from './pieces.js';
import type { ExecutionCounters } from './totals.js';

/** How a client came. */
export type ExecutionTransport = 'http' | 'websocket' | 'grpc';

/** Why a session ended. */
export type ExecutionEnd =
  | 'finished'
  | 'client'
  | 'idle'
  | 'timeout'
  | 'slow_consumer'
  | 'failed'
  | 'shutdown';

/** The public side of an execution session. */
export interface ExecutionSession {
  /** `exe_` and 128 random bits: unguessable, as it is also the key to the session. */
  readonly id: string;
  /** Null for an inline manifest. */
  readonly pipeline: string | null;
  readonly transport: ExecutionTransport;
  readonly createdAt: Date;
  /** Null while it runs. */
  readonly ended: ExecutionEnd | null;
  /** Resolves, once, when everything is released. */
  readonly closed: Promise<ExecutionEnd>;
  /**
   * Hands an item in and resolves when there is room for the next. Calls are worked off one after the other.
   * @throws GatewayError `invalid_input`, `payload_too_large`, `session_busy` (more calls than may wait), `session_closed`, `node_failed`.
   */
  push(item: Item, nodeId?: string): Promise<void>;
  /** Ends what is open in the audio, in its turn among the items; see `PipelineSession.flush`. */
  flush(): Promise<number>;
  /** The input is over; `outputs` ends after the last result. Idempotent. */
  end(): Promise<void>;
  /** Results in order; one reader. Throws a GatewayError that says what ended the session early. */
  readonly outputs: AsyncIterable<PipelineOutput>;
  /** Also of a session that is closed. */
  getMetrics(): PipelineMetrics;
  /** Stops at once and frees everything. Idempotent: the first reason counts. */
  close(reason?: ExecutionEnd): Promise<void>;
}

export interface ExecutionSessionOptions {
  readonly id: string;
  readonly pipeline: string | null;
  readonly transport: ExecutionTransport;
  readonly createdAt: Date;
  /** Without an item in or out for so long, it is closed. */
  readonly idleTimeoutMs: number;
  /** Largest item. */
  readonly itemBytes: number;
  readonly counters: ExecutionCounters;
}

/** Calls of `push` that may wait for another one. */
const MAX_WAITING_PUSHES = 16;

export class RunningExecution implements ExecutionSession {
  readonly id: string;
  readonly pipeline: string | null;
  readonly transport: ExecutionTransport;
  readonly createdAt: Date;
  readonly closed: Promise<ExecutionEnd>;
  readonly outputs: AsyncIterable<PipelineOutput>;
  readonly #session: PipelineSession;
  readonly #options: ExecutionSessionOptions;
  readonly #isClosed: (reason: ExecutionEnd) => void;
  readonly #idle: NodeJS.Timeout;
  #lastPush: Promise<void> = Promise.resolve();
  #waitingPushes = 0;
  #ended: ExecutionEnd | null = null;
  /** The last result is out; what there is to learn of the session can still be learnt. */
  #isFinished = false;
  #lastMetrics: PipelineMetrics | undefined;
  #lastTotals = NO_TOTALS;

  constructor(session: PipelineSession, options: ExecutionSessionOptions) {
    this.id = options.id;
    this.pipeline = options.pipeline;
    this.transport = options.transport;
    this.createdAt = options.createdAt;
    this.#session = session;
    this.#options = options;
    let isClosed!: (reason: ExecutionEnd) => void;
    this.closed = new Promise((resolve) => {
      isClosed = resolve;
    });
    this.#isClosed = isClosed;
    this.outputs = this.#read();
    this.#idle = setTimeout(() => void this.close('idle'), options.idleTimeoutMs);
    this.#idle.unref();
  }

  get ended(): ExecutionEnd | null {
    return this.#ended;
  }

  async push(item: Item, nodeId?: string): Promise<void> {
    this.#refuseWhenClosed();
    const bytes = itemBytes(item);
    if (bytes > this.#options.itemBytes) {
      throw new GatewayError(
        'payload_too_large',
        `an item has ${bytes} bytes, ${this.#options.itemBytes} are taken`,
      );
    }
    if (this.#waitingPushes >= MAX_WAITING_PUSHES) {
      throw new GatewayError('session_busy', 'the session has not taken what came before', {
        hint: 'read its outputs, and send the next input when the last was answered',
        retryAfterSeconds: 1,
      });
    }
    this.#waitingPushes += 1;
    const turn = this.#lastPush.then(() => this.#pushNow(item, nodeId));
    // The next one waits for this one, whatever becomes of it.
    this.#lastPush = turn.catch(() => {});
    try {
      await turn;
    } finally {
      this.#waitingPushes -= 1;
    }
  }

  async flush(): Promise<number> {
    await this.#lastPush;
    this.#refuseWhenClosed();
    try {
      return await this.#session.flush();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async end(): Promise<void> {
    await this.#lastPush;
    if (this.#ended === null) await this.#session.end();
  }

  getMetrics(): PipelineMetrics {
    return this.#lastMetrics ?? this.#session.getMetrics();
  }

  /** Its part of the totals of all sessions. Of a runtime that is lost, what was last known: totals never go back. */
  totals(): PipelineTotals {
    try {
      this.#lastTotals = this.#session.totals(this.pipeline);
    } catch {}
    return this.#lastTotals;
  }

  close(reason: ExecutionEnd = 'client'): Promise<void> {
    if (this.#ended === null) {
      const end = this.#isFinished ? 'finished' : reason;
      this.#ended = end;
      clearTimeout(this.#idle);
      this.#keepMetrics();
      void this.#session
        .close()
        .catch(() => {})
        .then(() => this.#isClosed(end));
    }
    return this.closed.then(() => {});
  }

  /** A runtime that is lost has none to give, and must be let go all the same. */
  #keepMetrics(): void {
    try {
      this.#lastMetrics = this.#session.getMetrics();
    } catch {}
  }

  async #pushNow(item: Item, nodeId: string | undefined): Promise<void> {
    this.#refuseWhenClosed();
    this.#idle.refresh();
    this.#options.counters.itemsIn += 1;
    try {
      for (const piece of piecesOf(item)) await this.#session.push(piece, nodeId);
    } catch (error) {
      throw this.#explain(error);
    }
    this.#idle.refresh();
  }

  #countFailure(item: Item): void {
    if (item.kind !== 'event' || item.event.type !== 'node_error') return;
    const { nodeErrors } = this.#options.counters;
    const errorClass = String(item.event['error_class']) as keyof typeof nodeErrors;
    nodeErrors[Object.hasOwn(nodeErrors, errorClass) ? errorClass : 'internal'] += 1;
  }

  async *#read(): AsyncGenerator<PipelineOutput, void, undefined> {
    try {
      for await (const output of this.#session.outputs) {
        if (this.#ended !== null) break;
        this.#idle.refresh();
        this.#options.counters.itemsOut += 1;
        this.#countFailure(output.item);
        yield output;
      }
    } catch (error) {
      const explained = this.#explain(error);
      void this.close('failed');
      throw explained;
    }
    this.#refuseWhenClosed();
    this.#isFinished = true;
  }

  #refuseWhenClosed(): void {
    if (this.#ended !== null) throw closedBecause(this.#ended);
  }

  /** What a pipeline throws when it is closed under somebody's hands is that it was closed. */
  #explain(error: unknown): unknown {
    return this.#ended === null ? executionError(error) : closedBecause(this.#ended);
  }
}
