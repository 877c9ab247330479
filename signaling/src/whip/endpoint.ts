/** WHIP endpoint (RFC 9725): an offer in, an answer with all candidates and the address of the session out. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../context.js';
import { RequestError, viewError } from '../errors.js';
import { NoContent, PROBLEMS } from '../http/openapi.js';
import { iceServerLinks, sessionLink } from './links.js';
import { entityTag } from './preconditions.js';

export const SDP = 'application/sdp';
const ACCEPTED = { 'accept-post': SDP };

export const whipEndpoint: FastifyPluginAsyncTypebox<Context> = async (app, { config, gateway }) => {
  const links = iceServerLinks(config.ice.servers);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(SDP, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error) => {
    // RFC 9725 section 4.2: tell which content type would have been right.
    const view = viewError(error);
    if (view.code === 'unsupported_media_type')
      throw new RequestError(view.code, `Send ${SDP}`, { headers: ACCEPTED });
    throw error;
  });

  const open = async (request: FastifyRequest, reply: FastifyReply, pipeline: string | undefined) => {
    const offer = request.body;
    if (request.headers['content-type'] === undefined) {
      throw new RequestError('unsupported_media_type', `Send ${SDP}`, { headers: ACCEPTED });
    }
    if (typeof offer !== 'string' || offer === '')
      throw new RequestError('malformed_sdp', 'The body is empty');
    const session = gateway.createSession({ transport: 'whip', ...(pipeline !== undefined && { pipeline }) });
    let answered = false;
    // A client that leaves before its answer can never say DELETE.
    reply.raw.once('close', () => {
      if (answered) return;
      void session.close({
        reason: 'client',
        code: 'signaling_lost',
        message: 'The client left before the answer',
      });
    });
    let answer: string;
    try {
      answer = await session.negotiate(offer);
      answered = true;
    } catch (error) {
      await session.close({ reason: 'client', code: 'negotiation_failed', message: viewError(error).detail });
      throw error;
    }
    return reply
      .code(201)
      .type(SDP)
      .headers({ location: `/whip/sessions/${session.id}`, etag: entityTag(session.localUfrag) })
      .header('link', [...links, sessionLink(session.id)])
      .send(answer);
  };

  const answered = { 201: Type.String({ description: 'SDP answer' }), ...PROBLEMS };
  const posting = { consumes: [SDP], produces: [SDP], response: answered };
  const Params = Type.Object({ pipeline: Type.String({ maxLength: 64 }) });

  app.post('/whip', { schema: { summary: 'WHIP, default pipeline', ...posting } }, (request, reply) =>
    open(request, reply, undefined),
  );
  app.post(
    '/whip/:pipeline',
    { schema: { summary: 'WHIP, named pipeline', params: Params, ...posting } },
    (request, reply) => open(request, reply, request.params.pipeline),
  );

  for (const url of ['/whip', '/whip/:pipeline']) {
    app.options(
      url,
      { schema: { summary: 'What POST takes', response: { 204: NoContent } } },
      async (_request, reply) =>
        reply
          .code(204)
          .headers({ ...ACCEPTED, allow: 'POST, GET, OPTIONS' })
          .send(),
    );
    // RFC 9725 section 4.2: GET on the endpoint is a success without content.
    app.get(
      url,
      { schema: { summary: 'Nothing to see', response: { 204: NoContent } } },
      async (_request, reply) => reply.code(204).send(),
    );
  }
};
