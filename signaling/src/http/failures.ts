/**
 * The one error handler: every failed request gets problem+json with a stable code. Knows which methods a path
 * has, so that a wrong method gets 405 with Allow, and a plain OPTIONS its 204.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorView, toProblem, viewError } from '../errors.js';
import type { ErrorCode } from '../protocol/index.js';
import { sentences } from '../sentences.js';

/** Call before any route is registered. */
export function handleFailures(app: FastifyInstance): void {
  const routes: { methods: readonly string[]; pattern: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    const methods = [method].flat();
    if (!url.includes('*')) routes.push({ methods, pattern: toPattern(url) });
  });
  const allowedMethods = (path: string) =>
    new Set(routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods));

  app.setErrorHandler((error, request, reply) => {
    const view = namingTypes(viewError(error), request);
    if (view.code === 'internal_error') request.log.error({ err: error }, 'request failed');
    else request.log.debug({ code: view.code, detail: view.detail }, 'request refused');
    return sendProblem(reply, view);
  });

  app.setNotFoundHandler((request, reply) => {
    const [path = '/'] = request.url.split('?');
    const methods = allowedMethods(path);
    const refuse = (code: ErrorCode, detail: string) => sendProblem(reply, { code, detail });
    // A path that has the method does not fit the patterns of its parameters.
    if (methods.size === 0 || methods.has(request.method)) {
      return refuse('not_found', `There is nothing at ${path.slice(0, 200)}`);
    }
    reply.header('allow', [...methods.add('OPTIONS')].join(', '));
    if (request.method === 'OPTIONS') return reply.code(204).send();
    return refuse('method_not_allowed', `${request.method} is not for ${path}`);
  });
}

/** Fastify does not say which types a route takes. */
function namingTypes(view: ErrorView, request: FastifyRequest): ErrorView {
  if (view.code !== 'unsupported_media_type') return view;
  const { consumes = ['application/json'] } = request.routeOptions.schema ?? {};
  return { ...view, detail: sentences(view.detail, `Send ${consumes.join(' or ')}`) };
}

/** What comes before routing: a path that cannot be decoded, a parameter of absurd length. */
export function refuseUnroutable(error: Error, _request: unknown, reply: FastifyReply): void {
  const view = viewError(error);
  void sendProblem(reply, { ...view, detail: view.detail.slice(0, 200) });
}

/** Answers with problem+json. */
export function sendProblem(reply: FastifyReply, view: ErrorView): FastifyReply {
  const problem = toProblem(view);
  if (view.retryAfterSeconds !== undefined) reply.header('retry-after', String(view.retryAfterSeconds));
  if (view.headers) reply.headers(view.headers);
  // A buffer bypasses the route's response schemas, and the charset that RFC 9457 does not define.
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(problem)));
}

/** `/a/:id/:n.wav` to the paths that it matches. */
const toPattern = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/:[A-Za-z]+(\([^/]*\))?/g, '\0')
      .replace(/[.+?^$()|[\]\\]/g, '\\$&')
      .replaceAll('\0', '[^/]+')}$`,
  );
