/** One info line per step in a session's life, with its id. */
import type { CloseInfo, Gateway, Session } from '@remotemedia/gateway';
import type { FastifyInstance } from 'fastify';

export function logSessions(app: FastifyInstance, gateway: Gateway): void {
  const { log } = app;
  const opened = (session: Session) => {
    const { id: sessionId, pipeline, transport, peerId } = session;
    log.info({ sessionId, pipeline, transport, peerId }, 'session opened');
    session.on('state', (state) => {
      if (state === 'connected')
        log.info({ sessionId, remoteAddress: session.remoteAddress }, 'session connected');
    });
  };
  const closed = ({ id: sessionId }: Session, { reason, code, message }: CloseInfo) =>
    log.info({ sessionId, reason, code, detail: message }, 'session closed');
  gateway.on('session_opened', opened);
  gateway.on('session_closed', closed);
  app.addHook('onClose', async () => {
    gateway.off('session_opened', opened);
    gateway.off('session_closed', closed);
  });
}
