/** Header fields that keep the page safe, and the limit on requests. */
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { RequestError } from '../errors.js';

export async function secure(app: FastifyInstance, requestsPerMinute: number): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        // AudioWorklets and workers may come from blobs, WebAssembly needs its own permission.
        scriptSrc: ["'self'", 'blob:', "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", 'blob:'],
        // Safari before 15.4 does not count WebSockets of the same host to 'self'.
        connectSrc: ["'self'", 'ws:', 'wss:', 'blob:'],
        mediaSrc: ["'self'", 'blob:', 'data:'],
        imgSrc: ["'self'", 'blob:', 'data:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
      },
    },
    // Both would break the page over plain HTTP, which localhost and private networks use.
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('permissions-policy', 'microphone=(self), camera=()');
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { max, ttl }) => {
      const retryAfterSeconds = Math.ceil(ttl / 1000);
      return new RequestError('rate_limited', `At most ${max} requests a minute`, { retryAfterSeconds });
    },
  });
}
