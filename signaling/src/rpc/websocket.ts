/** The WebSocket at `/ws`: one connection of the protocol per socket. What is said on it is in `dispatch`. */
import type { WebSocket } from '@fastify/websocket';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { CloseCode } from '../protocol/index.js';
import { Connection } from './connection.js';
import { dispatch } from './dispatch.js';
import { Outbox } from './outbox.js';
import { PeerRegistry } from './peers.js';
import { TokenBucket } from './token-bucket.js';

/** Where it is. */
export const WEBSOCKET_PATH = '/ws';

export function serveWebSocket(app: FastifyInstance, context: Context): void {
  const peers = new PeerRegistry();
  app.get(WEBSOCKET_PATH, { websocket: true, schema: { hide: true } }, (socket, request) =>
    accept(socket, context, peers, request.log),
  );
}

function accept(socket: WebSocket, context: Context, peers: PeerRegistry, log: FastifyBaseLogger): void {
  const { limits } = context.config;
  const outbox = new Outbox(socket, limits.outgoing_bytes);
  const connection = new Connection(context, peers, outbox);
  const bucket = new TokenBucket(limits.messages_per_minute, context.now());

  const options = {
    handlers: connection.handlers,
    admit: (requests: number) => {
      const verdict = bucket.take(requests, context.now());
      if (verdict === 'cut_off') socket.close(CloseCode.policy, 'too many requests');
      if (verdict !== 'pass') {
        throw new RequestError('rate_limited', `At most ${limits.messages_per_minute} requests a minute`);
      }
    },
    onInternalError: (error: unknown, method: string) => log.error({ err: error, method }, 'request failed'),
  };

  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      socket.close(CloseCode.unsupportedData, 'send JSON text');
      return;
    }
    void dispatch(data.toString(), options).then((response) => {
      if (response !== undefined) outbox.send(response);
      connection.responded();
    });
  });
  // `ws` closes the socket itself (1009 for a message too large, 1007 for bad UTF-8); this only names it.
  socket.on('error', (error) => log.debug({ reason: error.message }, 'websocket broke the protocol'));
  socket.on('close', (code) => {
    log.debug({ code, dropped: outbox.dropped }, 'websocket closed');
    connection.close().catch((error) => log.error({ err: error }, 'websocket could not be cleaned up'));
  });
}
