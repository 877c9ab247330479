/**
 * WebSockets as such: upgrades only at their paths, a limit on messages and sockets, a heartbeat, a polite end. Knows
 * nothing of what is said on them.
 */
import websocket, { type WebSocket } from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/parse.js';
import { RequestError } from '../errors.js';
import { CloseCode } from '../protocol/index.js';

/** How long the end waits for clients to say goodbye. */
const CLOSE_PATIENCE_MS = 2000;

/** Call before other hooks are added: the plugin frees the sockets of upgrades that those refuse. */
export async function admitWebSockets(
  app: FastifyInstance,
  paths: readonly string[],
  { limits, sessions }: Config,
): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: limits.message_bytes },
    // `ws` has begun to close the socket by itself where the client broke the protocol (1009 for a message too
    // large, 1007 for bad UTF-8). The plugin's own handler would cut it off, and the client never learnt why.
    errorHandler: (error, socket, request) => {
      if ('code' in error && String(error.code).startsWith('WS_ERR_')) return;
      request.log.error({ err: error }, 'websocket failed');
      socket.terminate();
    },
    preClose: (done) => {
      clearInterval(heartbeat);
      for (const socket of clients()) {
        socket.close(CloseCode.goingAway, 'shutting down');
        setTimeout(() => socket.terminate(), CLOSE_PATIENCE_MS).unref();
      }
      done();
    },
  });
  const clients = () => app.websocketServer.clients as Set<WebSocket>;

  app.addHook('onRequest', async (request) => {
    const isWebSocketPath = paths.includes(request.routeOptions.url ?? '');
    if (!request.ws) {
      if (!isWebSocketPath) return;
      throw new RequestError('upgrade_required', undefined, { headers: { upgrade: 'websocket' } });
    }
    if (!isWebSocketPath) throw new RequestError('not_found', `WebSockets are at ${paths.join(' and ')}`);
    if (clients().size < limits.websockets) return;
    const retryAfterSeconds = sessions.retry_after_s;
    throw new RequestError('server_full', 'No more WebSockets', { retryAfterSeconds });
  });

  const silent = new WeakSet<WebSocket>();
  app.websocketServer.on('connection', (socket: WebSocket) => {
    socket.on('pong', () => silent.delete(socket));
  });
  // Who has not answered the last ping is gone; all others are asked again.
  const heartbeat = setInterval(() => {
    for (const socket of clients()) {
      // Whom we do not read, we cannot hear.
      if (socket.isPaused) silent.delete(socket);
      else if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
  }, limits.heartbeat_s * 1000);
  heartbeat.unref();
}
