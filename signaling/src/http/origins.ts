/**
 * Which web pages may use the gateway: the gateway's own, and those of `security.allowed_origins`. Answers CORS
 * (https://fetch.spec.whatwg.org/#http-cors-protocol), and refuses other pages' writes and WebSockets, which
 * CORS alone would let through. Clients that are not browsers send no Origin and are not asked.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../errors.js';

/** Header fields of answers that pages may read: RFC 9725 needs them. */
const EXPOSED = 'Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After';

export function guardOrigins(app: FastifyInstance, allowedOrigins: readonly string[]): void {
  const all = allowedOrigins.includes('*');
  const listed = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));

  app.addHook('onRequest', async (request, reply) => {
    if (!all) reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined) return;
    if (!all && !listed.has(origin.toLowerCase()) && !isOwn(origin, request)) {
      if (!isHarmless(request))
        throw new RequestError('origin_not_allowed', `Pages of ${origin} may not use this gateway`);
      return;
    }
    reply.header('access-control-allow-origin', all ? '*' : origin);
    reply.header('access-control-expose-headers', EXPOSED);
    if (isPreflight(request)) allowPreflight(reply);
  });
}

const isOwn = (origin: string, request: FastifyRequest): boolean =>
  URL.canParse(origin) && new URL(origin).host === request.host?.toLowerCase();

/** Reading is harmless: without the CORS header the page does not see the answer. */
const isHarmless = ({ method, headers }: FastifyRequest): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(method) && headers.upgrade === undefined;

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

function allowPreflight(reply: FastifyReply): void {
  reply.header('access-control-allow-methods', 'GET, POST, PATCH, DELETE, OPTIONS');
  reply.header('access-control-allow-headers', 'Content-Type, If-Match, Authorization');
  reply.header('access-control-max-age', '600');
}
