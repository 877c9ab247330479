/** One client of the audio WebSocket: its session from the first message to the last result. */
import type { ExecutionService, ExecutionSession } from '@remotemedia/gateway';
import type { PipelineOutput } from '@remotemedia/pipeline';
import type { WebSocket } from 'ws';
import { RequestError, toProblem, viewError } from '../errors.js';
import { fromWire, toWire } from '../execute/item-codec.js';
import {
  type AudioSocketMessage,
  type AudioSocketQuery,
  type AudioStart,
  CloseCode,
} from '../protocol/index.js';
import {
  type AudioDecoder,
  type AudioEncoder,
  type AudioFormat,
  createDecoder,
  createEncoder,
} from './codec.js';
import { Inbox } from './inbox.js';
import { parseMessage } from './message.js';
import { Outlet, type OutletOptions, SlowClient } from './outlet.js';
import { executionRequest, formatOf, isWhole } from './start.js';

export interface AudioConnectionOptions extends OutletOptions {
  /** What the address says. */
  readonly query: AudioSocketQuery;
  /** Told of errors that are ours. */
  readonly onInternalError: (error: unknown) => void;
}

/** Comes before the first message. */
const CONNECTED = Symbol('connected');

export class AudioConnection {
  readonly #socket: WebSocket;
  readonly #execution: ExecutionService;
  readonly #options: AudioConnectionOptions;
  readonly #inbox: Inbox<Buffer | string | typeof CONNECTED>;
  readonly #outlet: Outlet;
  #session: ExecutionSession | undefined;
  /** What the session was asked for, as JSON. */
  #asked = '';
  #isFirstMessage = true;
  #decoder: AudioDecoder | undefined;
  #encoder: AudioEncoder | undefined;
  #format!: AudioFormat;
  #packetsRefused = 0;
  /** How many results the client has. */
  #delivered = 0;
  /** How many it must have before a flush is answered. */
  readonly #flushes: number[] = [];
  /** What is being sent: results and flushes keep their order. */
  #sending: Promise<void> = Promise.resolve();
  /** Nothing more is said: the last word is out, or the socket is gone. */
  #isOver = false;

  constructor(socket: WebSocket, execution: ExecutionService, options: AudioConnectionOptions) {
    this.#socket = socket;
    this.#execution = execution;
    this.#options = options;
    this.#outlet = new Outlet(socket, options);
    this.#inbox = new Inbox(
      socket,
      (message) => this.#take(message),
      (error) => void this.#fail(error),
    );
  }

  /** Begins to work. */
  open(): void {
    this.#inbox.put(CONNECTED);
  }

  receive(data: Buffer, isBinary: boolean): void {
    this.#inbox.put(isBinary ? data : data.toString());
  }

  /** The socket is gone: frees everything. Idempotent. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#inbox.close();
    await this.#session?.close('client');
    await this.#sending.catch(() => {});
    this.#decoder?.close();
    this.#encoder?.close();
    this.#decoder = undefined;
    this.#encoder = undefined;
  }

  async #take(message: Buffer | string | typeof CONNECTED): Promise<void> {
    if (message === CONNECTED) return this.#connect();
    const request = typeof message === 'string' ? parseMessage(message) : undefined;
    const isFirst = this.#isFirstMessage;
    this.#isFirstMessage = false;
    if (request?.type === 'start' && !isFirst)
      throw new RequestError('invalid_request', 'start comes first, and once');
    if (request?.type === 'start') await this.#start(request);
    else if (!this.#session) await this.#start();
    const session = this.#session;
    // The client went while its pipeline was made.
    if (!session || this.#isOver) return;
    if (typeof message !== 'string') {
      const audio = this.#decoder!.decode(message);
      if (audio) await session.push(audio);
      else this.#packetsRefused += 1;
    } else if (request?.type === 'item') await session.push(fromWire(request.item), request.node_id);
    else if (request?.type === 'end') await session.end();
    else if (request?.type === 'flush') await this.#flush(session);
  }

  /** Where something is to be said, whoever waits for it hears it at once. */
  async #connect(): Promise<void> {
    const { query } = this.#options;
    if (isWhole(query)) await this.#start();
    else if (query.pipeline !== undefined) this.#execution.manifestOf(query.pipeline);
  }

  /** @param start what the first message says: it wins over an address that has started something else. */
  async #start(start?: AudioStart): Promise<void> {
    const { query } = this.#options;
    const format = formatOf(query, start);
    const request = executionRequest(query, start, format);
    const asked = JSON.stringify([format, request]);
    if (this.#asked === asked) return;
    this.#asked = asked;
    this.#format = format;
    const former = this.#session;
    this.#session = undefined;
    await former?.close('client');
    // What is under way counts as a result of the former one.
    await this.#sending;
    this.#decoder?.close();
    this.#encoder?.close();
    this.#encoder = undefined;
    this.#delivered = 0;
    this.#decoder = await createDecoder(format);
    const session = await this.#execution.open(request);
    this.#session = session;
    if (this.#isOver) return this.close();
    await this.#tell({ type: 'started', session_id: session.id, pipeline: session.pipeline });
    this.#deliver(session).catch((error) => {
      if (this.#session === session) void this.#fail(error);
    });
  }

  async #deliver(session: ExecutionSession): Promise<void> {
    for await (const output of session.outputs) await this.#inOrder(() => this.#send(output));
    await this.#flushEncoder();
    const metrics = session.getMetrics();
    // Its place is free, however long the client takes to say goodbye.
    await session.close('finished');
    await this.#tell({ type: 'ended', metrics, packets_refused: this.#packetsRefused });
    this.#end(CloseCode.normal, 'ended');
  }

  async #send(output: PipelineOutput): Promise<void> {
    await this.#sendItem(output);
    this.#delivered = output.sequence + 1;
    await this.#answerFlushes();
  }

  async #sendItem(output: PipelineOutput): Promise<void> {
    const { item } = output;
    if (item.kind !== 'audio') {
      const encoding = this.#format.encoding === 'f32le' ? 'f32le' : 's16le';
      return this.#tell({ type: 'output', output: toWire(output, encoding) });
    }
    const { sampleRate, planes } = item;
    const current = this.#encoder?.format;
    if (current?.sampleRate !== sampleRate || current.channels !== planes.length) {
      await this.#flushEncoder();
      this.#encoder?.close();
      this.#encoder = await createEncoder(this.#format.encoding, item);
      const { encoding, channels } = this.#encoder.format;
      await this.#tell({ type: 'audio_format', encoding, sample_rate: sampleRate, channels });
    }
    for (const message of this.#encoder!.encode(item)) await this.#outlet.send(message);
  }

  /** Answered when everything from before has been sent. */
  async #flush(session: ExecutionSession): Promise<void> {
    this.#flushes.push(await session.flush());
    await this.#inOrder(() => this.#answerFlushes());
  }

  async #answerFlushes(): Promise<void> {
    while (this.#flushes.length > 0 && this.#flushes[0]! <= this.#delivered) {
      this.#flushes.shift();
      await this.#flushEncoder();
      await this.#tell({ type: 'flushed' });
    }
  }

  #inOrder(send: () => Promise<void>): Promise<void> {
    this.#sending = this.#sending.then(() => (this.#isOver ? undefined : send()));
    return this.#sending;
  }

  async #flushEncoder(): Promise<void> {
    for (const message of this.#encoder?.flush() ?? []) await this.#outlet.send(message);
  }

  #tell(message: AudioSocketMessage): Promise<void> {
    return this.#outlet.send(JSON.stringify(message));
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#isOver) return;
    if (error instanceof SlowClient) {
      this.#execution.countSlowReader('websocket');
      this.#end(CloseCode.slowConsumer, 'too slow: results could not be delivered');
      await this.#session?.close('slow_consumer');
      return;
    }
    const view = viewError(error);
    if (view.code === 'internal_error') this.#options.onInternalError(error);
    const { type: _, ...problem } = toProblem(view);
    this.#socket.send(JSON.stringify({ type: 'error', ...problem } satisfies AudioSocketMessage));
    this.#end(closeCodeOf(view.code), view.code);
    await this.#session?.close('failed');
  }

  /** `close` follows when the socket is closed. */
  #end(code: number, reason: string): void {
    this.#isOver = true;
    this.#inbox.close();
    this.#socket.close(code, reason);
  }
}

function closeCodeOf(code: string): number {
  if (code === 'server_full' || code === 'draining') return CloseCode.tryAgainLater;
  if (code === 'session_closed') return CloseCode.goingAway;
  return code === 'internal_error' || code === 'node_failed' || code === 'execution_timeout'
    ? CloseCode.failed
    : CloseCode.policy;
}
