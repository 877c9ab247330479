/** One info line per step in a session's life, with its id; one at the end of a pipeline without WebRTC. */
import type {
  CloseInfo,
  ExecutionEnd,
  ExecutionService,
  ExecutionSession,
  Gateway,
  Session,
} from '@remotemedia/gateway';
import type { FastifyInstance } from 'fastify';

/** `now` in ms since the epoch. */
export function logSessions(
  app: FastifyInstance,
  gateway: Gateway,
  execution: ExecutionService,
  now: () => number,
): void {
  const { log } = app;
  const wasConnected = new WeakSet<Session>();
  const opened = (session: Session) => {
    const { id: sessionId, pipeline, transport, peerId } = session;
    log.info({ sessionId, pipeline, transport, peerId }, 'session opened');
    session.on('state', (state) => {
      if (state !== 'connected') return;
      wasConnected.add(session);
      log.info({ sessionId, remoteAddress: session.remoteAddress }, 'session connected');
    });
  };
  const closed = (session: Session, { reason, code, message }: CloseInfo) => {
    const { id: sessionId, createdAt } = session;
    // A client that gives up before it was connected looks like one that hung up: this tells them apart.
    const connected = wasConnected.has(session);
    const durationMs = now() - createdAt.getTime();
    log.info({ sessionId, reason, code, detail: message, connected, durationMs }, 'session closed');
  };
  const executed = (session: ExecutionSession, reason: ExecutionEnd) => {
    const { id: sessionId, pipeline, transport, createdAt } = session;
    const durationMs = now() - createdAt.getTime();
    log.info({ sessionId, pipeline, transport, reason, durationMs }, 'execution session closed');
  };
  gateway.on('session_opened', opened);
  gateway.on('session_closed', closed);
  execution.on('session_closed', executed);
  app.addHook('onClose', async () => {
    gateway.off('session_opened', opened);
    gateway.off('session_closed', closed);
    execution.off('session_closed', executed);
  });
}
