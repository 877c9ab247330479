/** WHIP session resource (RFC 9725): PATCH brings candidates, DELETE ends it. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Session } from '@remotemedia/gateway';
import { Type } from 'typebox';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { NoContent, PROBLEMS } from '../http/openapi.js';
import { find } from '../rest/sessions.js';
import { parseFragment } from './fragment.js';
import { entityTag, requireMatch, restartUnsupported } from './preconditions.js';

const FRAGMENT = 'application/trickle-ice-sdpfrag';
const ACCEPTED = { 'accept-patch': FRAGMENT };
const Params = Type.Object({ id: Type.String({ maxLength: 128 }) });

export const whipResource: FastifyPluginAsyncTypebox<Context> = async (app, { gateway }) => {
  app.removeAllContentTypeParsers();
  // Every type is read (up to the body limit), so that an unknown session is 404 whatever is sent to it.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  const findWhip = (id: string): Session => {
    const session = find(gateway, id);
    if (session.transport !== 'whip')
      throw new RequestError('session_not_found', 'No WHIP session has this id');
    return session;
  };

  app.patch(
    '/whip/sessions/:id',
    {
      schema: {
        summary: 'Trickles ICE candidates',
        params: Params,
        consumes: [FRAGMENT],
        response: { 204: NoContent, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const session = findWhip(request.params.id);
      const [type] = (request.headers['content-type'] ?? '').split(';');
      if (type?.trim().toLowerCase() !== FRAGMENT || typeof request.body !== 'string') {
        throw new RequestError('unsupported_media_type', `Send ${FRAGMENT}`, { headers: ACCEPTED });
      }
      requireMatch(request.headers['if-match'], entityTag(session.localUfrag));
      const { usernameFragment, candidates, endOfCandidates } = parseFragment(request.body);
      const current = session.remoteUfrag;
      if (usernameFragment !== null && current !== null && usernameFragment !== current)
        throw restartUnsupported();
      for (const candidate of candidates) await session.addIceCandidate(candidate);
      if (endOfCandidates) await session.addIceCandidate(null);
      return reply.code(204).send();
    },
  );

  app.delete(
    '/whip/sessions/:id',
    { schema: { summary: 'Ends the session', params: Params, response: { 200: NoContent, ...PROBLEMS } } },
    async (request, reply) => {
      await findWhip(request.params.id).close({
        reason: 'client',
        code: 'client_closed',
        message: 'The client ended the session',
      });
      return reply.code(200).send();
    },
  );

  app.options(
    '/whip/sessions/:id',
    { schema: { summary: 'What PATCH takes', params: Params, response: { 204: NoContent } } },
    async (_request, reply) =>
      reply
        .code(204)
        .headers({ ...ACCEPTED, allow: 'PATCH, DELETE, OPTIONS' })
        .send(),
  );
};
