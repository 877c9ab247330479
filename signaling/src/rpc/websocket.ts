/** The WebSocket at `/ws`: upgrade, limits, heartbeat, and the end of it. What is said on it is in `dispatch`. */
import websocket, { type WebSocket } from '@fastify/websocket';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { CloseCode } from '../protocol/index.js';
import { Connection } from './connection.js';
import { dispatch } from './dispatch.js';
import { Outbox } from './outbox.js';
import { PeerRegistry } from './peers.js';
import { TokenBucket } from './token-bucket.js';

export async function serveWebSocket(app: FastifyInstance, context: Context): Promise<void> {
  const { limits, sessions } = context.config;
  const peers = new PeerRegistry();
  const waiting = new Set<WebSocket>();

  await app.register(websocket, {
    options: { maxPayload: limits.message_bytes },
    preClose: (done) => {
      clearInterval(heartbeat);
      for (const socket of app.websocketServer.clients) socket.close(CloseCode.goingAway, 'shutting down');
      done();
    },
  });

  /** Who has not answered the last ping is gone; all others are asked again. */
  const heartbeat = setInterval(() => {
    for (const socket of app.websocketServer.clients) {
      if (waiting.has(socket)) socket.terminate();
      else {
        waiting.add(socket);
        socket.ping();
      }
    }
  }, limits.heartbeat_s * 1000);
  heartbeat.unref();

  const full = async () => {
    if (app.websocketServer.clients.size < limits.websockets) return;
    throw new RequestError('server_full', 'No more WebSockets', {
      retryAfterSeconds: sessions.retry_after_s,
    });
  };

  app.get('/ws', { websocket: true, preHandler: full, schema: { hide: true } }, (socket, request) => {
    socket.on('pong', () => waiting.delete(socket));
    socket.on('close', () => waiting.delete(socket));
    accept(socket, context, peers, request.log);
  });
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
