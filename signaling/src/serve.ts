/** `remotemedia serve`: starts the gateway, prints where it is, ends it cleanly on SIGINT and SIGTERM. */
import type { Environment } from './config/load.js';
import { type RunningServer, start } from './start.js';

/** A clean end that takes longer is no end. */
const CLOSE_TIMEOUT_MS = 10_000;

/** Resolves once it listens; the process then lives until a signal and ends by itself. */
export async function serve(
  configPath: string | undefined,
  environment: Environment,
): Promise<RunningServer> {
  const server = await start({ ...(configPath !== undefined && { configPath }), environment });
  process.stderr.write(`RemoteMedia Gateway is ready: ${server.url}\n`);
  closeOnSignal(server);
  surviveRejections(server);
  return server;
}

/**
 * A promise that a node in JavaScript has dropped must not end the sessions of everybody. Exceptions outside promises still end the
 * process: what they have left behind nobody knows; `executor: worker` keeps them in their thread.
 */
function surviveRejections({ app: { log } }: RunningServer): void {
  process.on('unhandledRejection', (reason) => {
    log.error({ err: reason }, 'a promise was rejected and nobody heard it');
  });
}

/** The first signal drains, a second one means it. */
function closeOnSignal(server: RunningServer): void {
  const { log } = server.app;
  const onSignal = (signal: NodeJS.Signals) => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    log.info({ signal, sessions: server.gateway.sessions.size }, 'shutting down');
    setTimeout(() => {
      log.fatal('did not shut down in time');
      process.exit(1);
    }, CLOSE_TIMEOUT_MS).unref();
    server.close().then(
      () => log.info('shut down'),
      (error) => {
        log.fatal({ err: error }, 'could not shut down');
        process.exitCode = 1;
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
