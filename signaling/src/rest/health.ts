/** Is it alive, may it get clients, what is it: for orchestrators and for people. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Context } from '../context.js';
import { Health, IceView, Readiness, Version } from '../protocol/index.js';

export const healthRoutes: FastifyPluginAsyncTypebox<Context> = async (app, { config, gateway, runtime }) => {
  const unlimited = { rateLimit: false };

  app.get(
    '/healthz',
    { config: unlimited, schema: { summary: 'The process lives', response: { 200: Health } } },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      config: unlimited,
      schema: {
        summary: 'New sessions are welcome, or why not',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const full = gateway.sessions.size >= gateway.maxSessions;
      const reason = gateway.draining ? 'draining' : full ? 'full' : null;
      if (reason) reply.header('retry-after', String(config.sessions.retry_after_s));
      return reply.code(reason ? 503 : 200).send({
        ready: reason === null,
        reason,
        runtime: runtime.runtime,
        runtime_reason: runtime.reason,
        sessions: gateway.sessions.size,
        max_sessions: gateway.maxSessions,
      });
    },
  );

  app.get('/version', { schema: { summary: 'What runs here', response: { 200: Version } } }, async () => ({
    name: 'remotemedia-gateway' as const,
    version: runtime.version,
    runtime: runtime.runtime,
    runtime_reason: runtime.reason,
    opus: runtime.opus,
    node: process.version,
  }));

  app.get(
    '/api/v1/ice',
    { schema: { summary: 'What clients need for RTCPeerConnection', response: { 200: IceView } } },
    async () => ({ ice_servers: config.ice.servers, media_port: gateway.mediaPort }),
  );
};
