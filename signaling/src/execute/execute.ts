/** `POST /api/v1/execute`: a whole input, all results. JSON or WAV on either side. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { ExecutionInput, ExecutionRequest, ExecutionResult } from '@remotemedia/gateway';
import type { PipelineOutput } from '@remotemedia/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { named, PROBLEMS } from '../http/openapi.js';
import {
  type AudioEncoding,
  AudioQuery,
  ExecuteBody,
  type ExecuteResult,
  type InputBody,
} from '../protocol/index.js';
import { fromWire, refuseDepth, toWire, valueItems } from './item-codec.js';
import { mergeAudio } from './merge-audio.js';
import { acceptWav, toWav, wavItems } from './wav-body.js';

export const executeRoutes: FastifyPluginAsyncTypebox<Context> = async (app, { config, execution }) => {
  acceptWav(app);

  app.post(
    '/api/v1/execute',
    {
      bodyLimit: config.execution.item_bytes,
      schema: {
        summary: 'Runs a pipeline on an input and gives all results; with Accept: audio/wav, its audio',
        consumes: ['application/json', 'audio/wav'],
        produces: ['application/json', 'audio/wav'],
        body: { content: { 'application/json': { schema: ExecuteBody } } },
        querystring: AudioQuery,
        response: { 200: named<ExecuteResult>('ExecuteResult'), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      const body = request.body as ExecuteBody | Buffer;
      const choice = Buffer.isBuffer(body) ? request.query : { ...request.query, ...body };
      const inputs = inputsOf(body, request.query.node_id);
      const result = await execution.execute(requestOf(choice), inputs, hangUp(reply));
      if (wantsWav(request)) {
        return reply.type('audio/wav').send(toWav(result.outputs, choice.audio_encoding ?? 's16le') as never);
      }
      return reply
        .type('application/json')
        .send(JSON.stringify(view(result, choice.audio_encoding)) as never);
    },
  );
};

/**
 * @param nodeId that gets it; otherwise the pipeline's inputs do.
 * @throws RequestError `invalid_request` where it is not clear what goes in; while it is read, `invalid_input`.
 */
export function inputsOf(body: InputBody | Buffer, nodeId: string | undefined): Generator<ExecutionInput> {
  return withNode(itemsOf(body), nodeId);
}

function itemsOf(body: InputBody | Buffer) {
  if (Buffer.isBuffer(body)) return wavItems(body);
  const { input, items } = body;
  if ((input === undefined) === (items === undefined)) {
    throw new RequestError('invalid_request', 'Give either input or items');
  }
  return items ? items.map(fromWire) : valueItems(input);
}

function* withNode(
  items: Iterable<ExecutionInput['item']>,
  nodeId: string | undefined,
): Generator<ExecutionInput> {
  for (const item of items) yield nodeId === undefined ? { item } : { item, nodeId };
}

export const requestOf = ({
  pipeline,
  manifest,
}: Pick<ExecuteBody, 'pipeline' | 'manifest'>): ExecutionRequest => {
  if (pipeline !== undefined && manifest !== undefined) {
    throw new RequestError('invalid_request', 'Give either pipeline or manifest');
  }
  refuseDepth(manifest);
  return {
    transport: 'http',
    ...(pipeline !== undefined && { pipeline }),
    ...(manifest !== undefined && { manifest }),
  };
};

/** Aborted when the client goes before it has its answer. */
export function hangUp(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

function view({ outputs, metrics }: ExecutionResult, encoding: AudioEncoding = 'f32le'): ExecuteResult {
  const isEvent = ({ item }: PipelineOutput) => item.kind === 'event';
  const others = outputs.filter((output) => !isEvent(output));
  return {
    outputs: mergeAudio(others).map((output) => toWire(output, encoding)),
    values: others.flatMap(({ item }) => (item.kind === 'value' ? [item.value] : [])),
    events: outputs.filter(isEvent).map((output) => toWire(output, encoding)),
    metrics,
  };
}

const wantsWav = ({ headers }: FastifyRequest): boolean =>
  /\baudio\/(x-)?wav(e)?\b/.test(headers.accept ?? '');
