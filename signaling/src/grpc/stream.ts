/** `StreamingPipelineService`: input and results as they come. Both directions wait for the slower side; a client that takes nothing is cut off. */
import {
  type handleBidiStreamingCall,
  type ServerDuplexStream,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { ExecutionSession } from '@remotemedia/gateway';
import type { FastifyBaseLogger } from 'fastify';
import type { Context } from '../context.js';
import { RequestError, viewError } from '../errors.js';
import { fromAudio, toOutputs } from './data-buffer.js';
import { toErrorResponse, toStatus } from './failures.js';
import type { DataChunk, PipelineChoice, StreamRequest, StreamResponse } from './messages.js';
import { Breakdown, toExecutionMetrics } from './metrics.js';
import { executionRequest, inputFor, inputsOf } from './request.js';

type Call = ServerDuplexStream<StreamRequest, StreamResponse>;

export function streamingService(context: Context, log: FastifyBaseLogger) {
  const StreamPipeline: handleBidiStreamingCall<StreamRequest, StreamResponse> = (call) => {
    const stream = new PipelineStream(call, context, log);
    call.once('cancelled', () => void stream.close());
    void stream.run();
  };
  return { StreamPipeline };
}

class PipelineStream {
  readonly #call: Call;
  readonly #context: Context;
  readonly #log: FastifyBaseLogger;
  readonly #breakdown = new Breakdown();
  readonly #since = performance.now();
  #session: ExecutionSession | undefined;
  #isGone = false;
  /** Why the input could not be taken; the reader of the results only learns that the session is closed. */
  #cause: unknown;
  /** The last chunk that was taken. */
  #sequence = 0;
  #chunkCameAt = 0;
  #results = 0;

  constructor(call: Call, context: Context, log: FastifyBaseLogger) {
    this.#call = call;
    this.#context = context;
    this.#log = log;
  }

  async run(): Promise<void> {
    try {
      // One request is asked for at a time: whoever sends more waits in HTTP/2's flow control.
      // At the end of the requests the call stays: results are still to come, which the iterator of Node would cut off.
      const requests = this.#call.iterator({ destroyOnReturn: false });
      const first = (await requests.next()).value as StreamRequest | undefined;
      if (!first?.init) throw new RequestError('invalid_request', 'StreamInit must come first');
      const session = await this.#open(first.init);
      await this.#write({
        ready: { session_id: session.id, recommended_chunk_size: 0, max_buffer_latency_ms: 0 },
      });
      const delivering = this.#deliver(session);
      const taking = this.#take(session, first.init, requests);
      await Promise.all([delivering, taking]);
      await this.#sayGoodbye(session, session.ended === 'client' ? 'cancelled' : 'end_of_input');
      this.#call.end();
    } catch (error) {
      await this.#fail(this.#cause ?? error);
    } finally {
      await this.#session?.close('failed');
    }
  }

  /** The client is gone. */
  async close(): Promise<void> {
    this.#isGone = true;
    await this.#session?.close('client');
  }

  async #open(init: PipelineChoice): Promise<ExecutionSession> {
    const session = await this.#context.execution.open(executionRequest(init));
    this.#session = session;
    if (this.#isGone) await session.close('client');
    return session;
  }

  async #take(
    session: ExecutionSession,
    init: PipelineChoice,
    requests: AsyncIterator<StreamRequest>,
  ): Promise<void> {
    try {
      for (const { item, nodeId } of inputsOf(init)) await session.push(item, nodeId);
      for (let next = await requests.next(); !next.done; next = await requests.next()) {
        const { control } = next.value;
        if (control?.command === 'COMMAND_CANCEL') return await session.close('client');
        if (control?.command === 'COMMAND_CLOSE') break;
        await this.#push(session, next.value);
      }
      await session.end();
    } catch (error) {
      this.#cause ??= error;
      await session.close('failed');
      throw error;
    }
  }

  async #push(session: ExecutionSession, { data_chunk, audio_chunk }: StreamRequest): Promise<void> {
    if (audio_chunk) {
      const { node_id, buffer, sequence } = audio_chunk;
      if (!buffer) throw new RequestError('invalid_input', 'An audio chunk must hold a buffer');
      this.#advance(sequence);
      await session.push(fromAudio(buffer), node_id || undefined);
    } else if (data_chunk) {
      this.#advance(data_chunk.sequence);
      for (const { item, nodeId } of chunkInputs(data_chunk)) await session.push(item, nodeId);
    } else throw new RequestError('invalid_request', 'A request must hold a chunk or a control');
  }

  /** Clients that do not count send 0. */
  #advance(sequence: number): void {
    if (sequence !== 0 && sequence <= this.#sequence) {
      throw new RequestError('invalid_request', `Chunk ${sequence} came after chunk ${this.#sequence}`);
    }
    this.#sequence = Math.max(sequence, this.#sequence);
    this.#chunkCameAt = performance.now();
  }

  async #deliver(session: ExecutionSession): Promise<void> {
    try {
      for await (const output of session.outputs) {
        this.#breakdown.add(output);
        for (const { node_id, buffer } of toOutputs(output)) {
          this.#results += 1;
          await this.#write({
            result: {
              sequence: this.#sequence,
              data_outputs: { [node_id]: buffer },
              processing_time_ms: performance.now() - this.#chunkCameAt,
              total_items_processed: this.#results,
            },
          });
        }
      }
    } catch (error) {
      // The client's own wish.
      if (session.ended !== 'client') throw error;
    }
  }

  #sayGoodbye(session: ExecutionSession, reason: string): Promise<void> {
    const wallTimeMs = performance.now() - this.#since;
    const final_metrics = toExecutionMetrics(session.getMetrics(), this.#breakdown.counts, wallTimeMs);
    return this.#write({ closed: { session_id: session.id, final_metrics, reason } });
  }

  /** Resolves when the next may be written. @throws SlowClient. */
  #write(message: StreamResponse): Promise<void> {
    if (this.#isGone || this.#call.write(message)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#call.off('drain', drained).off('cancelled', drained);
        end();
      };
      const drained = () => settle(resolve);
      const timer = setTimeout(
        () => settle(() => reject(new SlowClient('the client takes nothing'))),
        this.#context.config.execution.slow_consumer_ms,
      );
      this.#call.once('drain', drained).once('cancelled', drained);
    });
  }

  async #fail(error: unknown): Promise<void> {
    if (this.#isGone) return;
    if (error instanceof SlowClient) {
      this.#context.execution.countSlowReader('grpc');
      await this.#session?.close('slow_consumer');
      this.#endWith({ code: status.RESOURCE_EXHAUSTED, details: error.message });
      return;
    }
    const view = viewError(error);
    if (view.code === 'internal_error') this.#log.error({ err: error }, 'gRPC stream failed');
    const refusal = toStatus(view);
    if (refusal) this.#endWith(refusal);
    else {
      this.#call.write({ error: toErrorResponse(view) });
      this.#call.end();
    }
  }

  /** The library's way to end a stream with another status than OK, behind what has been written. */
  #endWith(refusal: Partial<ServiceError>): void {
    this.#call.emit('error', Object.assign(new Error(refusal.details), refusal));
  }
}

/** The client has taken nothing for too long. */
class SlowClient extends Error {
  override readonly name = 'SlowClient';
}

function* chunkInputs({ node_id, buffer, named_buffers }: DataChunk) {
  const named = Object.keys(named_buffers).sort();
  if ((buffer === null) === (named.length === 0)) {
    throw new RequestError('invalid_input', 'A chunk must hold either buffer or named_buffers');
  }
  if (buffer) yield inputFor(node_id, buffer);
  for (const name of named) yield inputFor(node_id, named_buffers[name]!);
}
