/** A gateway with everything switched on, on free ports of the loopback. */
import { type RunningServer, start } from '@remotemedia/signaling';

export function startServer(more: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const environment = {
    REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
    REMOTEMEDIA_HTTP_PORT: '0',
    REMOTEMEDIA_MEDIA_PORT: '0',
    REMOTEMEDIA_MEDIA_THREADS: '1',
    REMOTEMEDIA_GRPC_ENABLED: 'true',
    REMOTEMEDIA_GRPC_PORT: '0',
    REMOTEMEDIA_LIMITS_REQUESTS_PER_MINUTE: '100000',
    ...more,
  };
  return start({ environment, output: { write: () => true } });
}
