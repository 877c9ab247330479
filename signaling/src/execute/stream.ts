/** `/api/v1/stream`: a session that is fed and read by HTTP requests; results come as server-sent events. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Context } from '../context.js';
import { RequestError, toProblem, viewError } from '../errors.js';
import { NoContent, PROBLEMS } from '../http/openapi.js';
import {
  type AudioEncoding,
  AudioQuery,
  InputBody,
  InputTaken,
  StreamBody,
  StreamOpened,
} from '../protocol/index.js';
import { sendEvents } from './event-stream.js';
import { inputsOf, requestOf } from './execute.js';
import { type HttpStream, HttpStreams, type StreamLanguage } from './http-stream.js';
import { toWire } from './item-codec.js';
import { acceptWav } from './wav-body.js';

const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
/** Inputs come more often than other requests. */
const INPUT_RATE = 10;

export const streamRoutes: FastifyPluginAsyncTypebox<Context> = async (app, { config, execution }) => {
  const { output_items, output_bytes, idle_timeout_ms, item_bytes, execute_timeout_ms } = config.execution;
  const streams = new HttpStreams(execution, { items: output_items, bytes: output_bytes }, idle_timeout_ms);
  acceptWav(app);

  app.post(
    '/api/v1/stream',
    {
      schema: { summary: 'Opens a session', body: StreamBody, response: { 201: StreamOpened, ...PROBLEMS } },
    },
    async (request, reply) => {
      const { audio_encoding = 'f32le', ...choice } = request.body;
      const session = await execution.open(requestOf(choice));
      streams.add(session, languageOf(audio_encoding));
      return reply.code(201).send({ session_id: session.id });
    },
  );

  app.post(
    '/api/v1/stream/:id/input',
    {
      bodyLimit: item_bytes,
      config: { rateLimit: { max: config.limits.requests_per_minute * INPUT_RATE } },
      schema: {
        summary: 'Gives a session input, and waits until it has taken it',
        consumes: ['application/json', 'audio/wav'],
        params: Id,
        querystring: AudioQuery,
        body: { content: { 'application/json': { schema: InputBody } } },
        response: { 202: InputTaken, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const body = request.body as InputBody | Buffer;
      const stream = streams.find(request.params.id);
      const { end = request.query.end ?? false, node_id = request.query.node_id } = Buffer.isBuffer(body)
        ? request.query
        : body;
      const isEmpty = !Buffer.isBuffer(body) && body.input === undefined && body.items === undefined;
      const accepted = isEmpty && end ? 0 : await stream.push(inputsOf(body, node_id), execute_timeout_ms);
      // It waits for its turn, which may not come before somebody reads; what goes wrong, the reader learns.
      if (end) void stream.session.end().catch(() => {});
      return reply.code(202).send({ accepted });
    },
  );

  app.get(
    '/api/v1/stream/:id/output',
    {
      schema: {
        summary: 'Results as server-sent events, from where Last-Event-ID says',
        params: Id,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 20 })) }),
        produces: ['text/event-stream'],
        response: { 200: Type.String(), 204: NoContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const stream = streams.find(request.params.id);
      return sendEvents(reply, stream, {
        after: lastEventId(request.headers['last-event-id'], stream),
        patienceMs: config.execution.slow_consumer_ms,
        onSlow: () => execution.countSlowReader('http'),
      }) as never;
    },
  );

  app.delete(
    '/api/v1/stream/:id',
    { schema: { summary: 'Ends a session at once', params: Id, response: { 204: NoContent, ...PROBLEMS } } },
    async (request, reply) => {
      await streams.remove(request.params.id);
      return reply.code(204).send();
    },
  );
};

/** @throws RequestError `invalid_request` for an id that the stream has not given. */
export function lastEventId(text: string | undefined, { outputs }: HttpStream): number | undefined {
  if (text === undefined || text === '') return undefined;
  const { lastRead } = outputs;
  if (/^\d{1,15}$/.test(text) && Number(text) <= lastRead) return Number(text);
  const given = lastRead < 0 ? 'it has given none yet' : `the last one was ${lastRead}`;
  throw new RequestError('invalid_request', `Last-Event-ID must be an id that this stream gave: ${given}`);
}

const languageOf = (encoding: AudioEncoding): StreamLanguage => ({
  output: (output) => JSON.stringify(toWire(output, encoding)),
  end: (session) => JSON.stringify({ metrics: session.getMetrics() }),
  failure: (error) => JSON.stringify(toProblem(viewError(error))),
});
