/** The server as it is started with the configuration that comes with it, but on free ports of the loopback. */
import { type RunningServer, start } from '@remotemedia/signaling';

/**
 * @param more what else its environment says.
 * @param log takes every line that it logs.
 */
export function startOnLoopback(
  more: Readonly<Record<string, string>> = {},
  log: (line: string) => unknown = () => {},
): Promise<RunningServer> {
  const environment = {
    REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
    REMOTEMEDIA_HTTP_PORT: '0',
    REMOTEMEDIA_MEDIA_PORT: '0',
    REMOTEMEDIA_MEDIA_THREADS: '1',
    ...more,
  };
  return start({ environment, output: { write: log } });
}

/** What `POST /api/v1/execute` answers, or refuses with. */
export async function execute(server: RunningServer, body: object): Promise<Record<string, unknown>> {
  const url = new URL('/api/v1/execute', server.url);
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, unknown>;
}
