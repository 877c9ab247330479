/**
 * A session whose client comes and goes by HTTP requests: results wait in a buffer until a request fetches them. One reader at a time: who comes
 * again has lost the former connection, whether the gateway has noticed that or not.
 */
import type { ExecutionInput, ExecutionService, ExecutionSession } from '@remotemedia/gateway';
import type { PipelineOutput } from '@remotemedia/pipeline';
import { RequestError } from '../errors.js';
import { type ReplayBuffer as Buffered, ReplayBuffer, type ReplayLimits } from './replay-buffer.js';

/** How results, the end and failures are written: each as the data of one server-sent event. */
export interface StreamLanguage {
  output(output: PipelineOutput): string;
  end(session: ExecutionSession): string;
  failure(error: unknown): string;
}

export interface StreamEnd {
  /** Of the server-sent event. */
  readonly event: 'end' | 'failure';
  readonly text: string;
}

export class HttpStream {
  readonly session: ExecutionSession;
  readonly outputs: Buffered;
  /** Resolves when the last result is in the buffer, or the session has ended otherwise. */
  readonly over: Promise<StreamEnd>;
  #reader: (() => void) | undefined;

  constructor(session: ExecutionSession, language: StreamLanguage, limits: ReplayLimits) {
    this.session = session;
    this.outputs = new ReplayBuffer(limits);
    // Nobody reads of a closed session: what still wants into the buffer need not wait.
    void session.closed.then(() => this.outputs.end());
    this.over = this.#fetch(language);
  }

  /** Makes `cutOff` the way to end the one reader; ends the one before. */
  attach(cutOff: () => void): void {
    this.#reader?.();
    this.#reader = cutOff;
  }

  detach(cutOff: () => void): void {
    if (this.#reader === cutOff) this.#reader = undefined;
  }

  /**
   * Pushes one after the other and resolves to how many were taken.
   * @throws RequestError `session_busy` where the pipeline takes no more for `patienceMs`; those before are in.
   */
  async push(inputs: Iterable<ExecutionInput>, patienceMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, patienceMs, 'late');
    });
    let taken = 0;
    try {
      for (const { item, nodeId } of inputs) {
        const pushing = this.session.push(item, nodeId);
        taken += 1;
        if ((await Promise.race([pushing, impatience])) !== 'late') continue;
        pushing.catch(() => {});
        throw new RequestError(
          'session_busy',
          `Only ${taken} items were taken: the results are not being read`,
          {
            retryAfterSeconds: 1,
          },
        );
      }
      return taken;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.session.close('client');
    this.#reader?.();
  }

  async #fetch(language: StreamLanguage): Promise<StreamEnd> {
    let end: StreamEnd;
    try {
      for await (const output of this.session.outputs) {
        await this.outputs.put({ id: output.sequence, text: language.output(output) });
      }
      end = { event: 'end', text: language.end(this.session) };
    } catch (error) {
      end = { event: 'failure', text: language.failure(error) };
    }
    this.outputs.end();
    // Its place is free for others; the results can still be read.
    void this.session.close('finished');
    return end;
  }
}

/** All streams by id: those that run, and those whose results may still be fetched. */
export class HttpStreams {
  readonly #service: ExecutionService;
  readonly #streams = new Map<string, HttpStream>();
  readonly #limits: ReplayLimits;
  readonly #keepMs: number;

  /** @param keepMs how long the results of an ended session can be fetched. */
  constructor(service: ExecutionService, limits: ReplayLimits, keepMs: number) {
    this.#service = service;
    this.#limits = limits;
    this.#keepMs = keepMs;
  }

  add(session: ExecutionSession, language: StreamLanguage): HttpStream {
    const stream = new HttpStream(session, language, this.#limits);
    this.#streams.set(session.id, stream);
    void stream.over.then(() => {
      setTimeout(() => this.#streams.delete(session.id), this.#keepMs).unref();
      this.#forgetOldest();
    });
    return stream;
  }

  /** @throws RequestError `session_not_found`. */
  find(id: string): HttpStream {
    const stream = this.#streams.get(id);
    if (!stream) throw new RequestError('session_not_found', 'No session has this id');
    return stream;
  }

  async remove(id: string): Promise<void> {
    const stream = this.find(id);
    this.#streams.delete(id);
    await stream.close();
  }

  /** Ended streams hold memory, so there are never more of them than there may be sessions. */
  #forgetOldest(): void {
    const ended = [...this.#streams.values()].filter(({ session }) => session.ended !== null);
    for (const { session } of ended.slice(0, Math.max(0, ended.length - this.#service.maxSessions))) {
      this.#streams.delete(session.id);
    }
  }
}
