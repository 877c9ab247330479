/**
 * Paths and bodies of the RemoteMedia SDK's HTTP server, for clients that were written for it. The manifest is the configured default unless
 * one is sent along; what had to be rewritten in that, `manifest_notes` says.
 */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Context } from '../../context.js';
import { viewError } from '../../errors.js';
import { NoContent } from '../../http/openapi.js';
import { sendEvents } from '../event-stream.js';
import { hangUp } from '../execute.js';
import { HttpStreams, type StreamLanguage } from '../http-stream.js';
import { mergeAudio } from '../merge-audio.js';
import { lastEventId } from '../stream.js';
import { Envelope, fromEnvelope, toEnvelope } from './envelope.js';
import { answerAsSdk, sdkError } from './failures.js';
import { sdkRequest } from './manifest.js';

const Manifest = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
/** Inputs come more often than other requests. */
const INPUT_RATE = 10;

const LANGUAGE: StreamLanguage = {
  output: ({ item, sequence }) => JSON.stringify({ ...toEnvelope(item), sequence }),
  end: () => '{}',
  failure: (error) => JSON.stringify(sdkError(viewError(error))),
};

export const sdkRoutes: FastifyPluginAsyncTypebox<Context> = async (app, context) => {
  const { config, execution, pipelines, runtime, importManifest } = context;
  const { output_items, output_bytes, idle_timeout_ms, item_bytes, execute_timeout_ms } = config.execution;
  const streams = new HttpStreams(execution, { items: output_items, bytes: output_bytes }, idle_timeout_ms);
  answerAsSdk(app);
  const sdk = { tags: ['RemoteMedia SDK'] };

  app.get(
    '/health',
    { config: { rateLimit: false }, schema: { ...sdk, summary: 'The process lives' } },
    async () => ({
      status: 'healthy',
      version: runtime.version,
    }),
  );

  app.get('/api/status', { schema: { ...sdk, summary: 'What runs here' } }, async () => ({
    version: runtime.version,
    active_sessions: execution.sessions.size,
    max_sessions: execution.maxSessions,
    transport: 'http',
  }));

  app.get('/api/manifest', { schema: { ...sdk, summary: 'The default pipeline' } }, async () =>
    pipelines.shown(pipelines.defaultName),
  );

  app.post(
    '/api/execute',
    {
      bodyLimit: item_bytes,
      schema: {
        ...sdk,
        summary: 'Runs a pipeline on one input; output is the first result',
        body: Type.Object({ input: Envelope, manifest: Manifest }),
      },
    },
    async (request, reply) => {
      const { input, manifest } = request.body;
      const { request: choice, notes } = sdkRequest(manifest, importManifest);
      const result = await execution.execute(choice, [{ item: fromEnvelope(input) }], hangUp(reply));
      const outputs = mergeAudio(result.outputs).map(({ item }) => toEnvelope(item));
      return { output: outputs[0] ?? null, outputs, ...(notes.length > 0 && { manifest_notes: notes }) };
    },
  );

  app.post(
    '/api/stream',
    {
      schema: {
        ...sdk,
        summary: 'Opens a session',
        body: Type.Optional(Type.Object({ manifest: Manifest })),
      },
    },
    async (request) => {
      const { request: choice, notes } = sdkRequest(request.body?.manifest, importManifest);
      const session = await execution.open(choice);
      streams.add(session, LANGUAGE);
      return { session_id: session.id, ...(notes.length > 0 && { manifest_notes: notes }) };
    },
  );

  app.post(
    '/api/stream/:id/input',
    {
      bodyLimit: item_bytes,
      config: { rateLimit: { max: config.limits.requests_per_minute * INPUT_RATE } },
      schema: { ...sdk, summary: 'Gives a session input', params: Id, body: Type.Object({ data: Envelope }) },
    },
    async (request) => {
      const stream = streams.find(request.params.id);
      await stream.push([{ item: fromEnvelope(request.body.data) }], execute_timeout_ms);
      return { status: 'ok' };
    },
  );

  app.get(
    '/api/stream/:id/output',
    { schema: { ...sdk, summary: 'Results as server-sent events', params: Id } },
    async (request, reply) => {
      const stream = streams.find(request.params.id);
      return sendEvents(reply, stream, {
        after: lastEventId(request.headers['last-event-id']?.toString(), stream),
        patienceMs: config.execution.slow_consumer_ms,
        onSlow: () => execution.countSlowReader('http'),
      });
    },
  );

  app.delete(
    '/api/stream/:id',
    { schema: { ...sdk, summary: 'Ends a session', params: Id, response: { 204: NoContent } } },
    async (request, reply) => {
      await streams.remove(request.params.id);
      return reply.code(204).send();
    },
  );
};
