/** The WebSocket at `/api/v1/audio`: audio in and out of a pipeline, for servers and scripts that have no WebRTC. */
import type { FastifyInstance } from 'fastify';
import { Compile } from 'typebox/compile';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { misfits } from '../misfits.js';
import { AudioSocketQuery } from '../protocol/index.js';
import { AudioConnection } from './connection.js';

/** Where it is. */
export const AUDIO_SOCKET_PATH = '/api/v1/audio';

const isQuery = Compile(AudioSocketQuery);

export function serveAudioSocket(app: FastifyInstance, { config, execution }: Context): void {
  app.get(
    AUDIO_SOCKET_PATH,
    {
      websocket: true,
      schema: { hide: true },
      // Before the upgrade, so that a wrong address gets an answer in problem+json.
      preValidation: async (request) => {
        queryOf(request.query);
      },
    },
    (socket, request) => {
      const connection = new AudioConnection(socket, execution, {
        query: queryOf(request.query),
        limitBytes: config.limits.outgoing_bytes,
        patienceMs: config.execution.slow_consumer_ms,
        onInternalError: (error) => request.log.error({ err: error }, 'audio socket failed'),
      });
      socket.on('message', (data, isBinary) => connection.receive(toBuffer(data), isBinary));
      socket.on('error', (error) =>
        request.log.debug({ reason: error.message }, 'websocket broke the protocol'),
      );
      connection.open();
      socket.on('close', () => {
        connection
          .close()
          .catch((error) => request.log.error({ err: error }, 'audio socket could not be cleaned up'));
      });
    },
  );
}

/** Numbers in an address are text. @throws RequestError `invalid_request`. */
function queryOf(query: unknown): AudioSocketQuery {
  const entries = Object.entries(query as Record<string, string>);
  const values = Object.fromEntries(
    entries.map(([name, text]) => [name, isNumber(name, text) ? Number(text) : text]),
  );
  if (isQuery.Check(values)) return values;
  throw new RequestError('invalid_request', `The address does not fit: ${misfits(isQuery.Errors(values))}`);
}

const toBuffer = (data: Buffer | ArrayBuffer | Buffer[]): Buffer =>
  Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);

/** Only what is written as a whole number; the schema refuses the rest. */
const isNumber = (name: string, text: string): boolean =>
  (name === 'sample_rate' || name === 'channels') && /^\d+$/.test(text);
