/** Live sessions: list, look, download an utterance, end. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Gateway, Session } from '@remotemedia/gateway';
import { Type } from 'typebox';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { NoContent, named, PROBLEMS } from '../http/openapi.js';
import { SessionList, type SessionSummary, type SessionView } from '../protocol/index.js';

export const SessionParams = Type.Object({ id: Type.String({ maxLength: 128 }) });
const UtteranceParams = Type.Object({
  id: Type.String({ maxLength: 128 }),
  index: Type.String({ pattern: '^\\d{1,9}$' }),
});

export const sessionRoutes: FastifyPluginAsyncTypebox<Context> = async (app, { gateway }) => {
  app.get(
    '/api/v1/sessions',
    { schema: { summary: 'Live sessions', response: { 200: SessionList, ...PROBLEMS } } },
    async () => {
      const sessions = [...gateway.sessions.values()].map(summary);
      return { sessions, count: sessions.length };
    },
  );

  app.get(
    '/api/v1/sessions/:id',
    {
      schema: {
        summary: 'One session with its statistics',
        params: SessionParams,
        response: { 200: named<SessionView>('SessionView'), ...PROBLEMS },
      },
    },
    async (request) => find(gateway, request.params.id).view(),
  );

  app.delete(
    '/api/v1/sessions/:id',
    {
      schema: { summary: 'Ends a session', params: SessionParams, response: { 204: NoContent, ...PROBLEMS } },
    },
    async (request, reply) => {
      const session = find(gateway, request.params.id);
      await session.close({
        reason: 'gateway',
        code: 'deleted',
        message: 'The session was ended over the REST interface',
      });
      return reply.code(204).send();
    },
  );

  app.get(
    '/api/v1/sessions/:id/utterances/:index(^\\d{1,9}).wav',
    {
      schema: {
        summary: 'An utterance as a WAV file',
        params: UtteranceParams,
        produces: ['audio/wav'],
        response: { 200: Type.Unsafe<Buffer>(Type.String({ format: 'binary' })), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const { id, index } = request.params;
      const wav = find(gateway, id).utterance(Number(index));
      if (!wav)
        throw new RequestError('utterance_not_found', `Utterance ${index} never was, or is no longer kept`);
      reply.type('audio/wav').header('cache-control', 'private, max-age=3600');
      return reply.send(Buffer.from(wav.buffer, wav.byteOffset, wav.byteLength));
    },
  );
};

/** @throws RequestError `session_not_found`. */
export function find(gateway: Gateway, id: string): Session {
  const session = gateway.sessions.get(id);
  if (!session || session.state === 'closed')
    throw new RequestError('session_not_found', 'No session has this id');
  return session;
}

function summary(session: Session): SessionSummary {
  const { id, state, pipeline, createdAt, transport, peerId, remoteAddress } = session;
  return {
    id,
    state,
    pipeline,
    created_at: createdAt.toISOString(),
    transport,
    peer_id: peerId,
    remote_address: remoteAddress,
  };
}
