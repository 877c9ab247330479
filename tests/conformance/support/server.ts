/** A gateway with everything switched on. */
import type { RunningServer } from '@remotemedia/signaling';
import { startOnLoopback } from '../../support/server.js';

export function startServer(more: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  return startOnLoopback({
    REMOTEMEDIA_GRPC_ENABLED: 'true',
    REMOTEMEDIA_GRPC_PORT: '0',
    REMOTEMEDIA_LIMITS_REQUESTS_PER_MINUTE: '100000',
    ...more,
  });
}
