/** `remotemedia serve`: starts the gateway, prints where it is, ends it cleanly on SIGINT and SIGTERM. */
import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Environment } from './config/load.js';
import { type RunningServer, start } from './start.js';
import { isOfModules } from './unheard-failures.js';

/** A clean end that takes longer is no end. */
const CLOSE_TIMEOUT_MS = 10_000;
/** Lines of stacks: of one that is cut off, nobody can tell whose exception it is. Node's ten are soon filled by events that lead to events. */
const STACK_LINES = 100;

/** Resolves once it listens; the process then lives until a signal and ends by itself. */
export async function serve(
  configPath: string | undefined,
  environment: Environment,
): Promise<RunningServer> {
  Error.stackTraceLimit = STACK_LINES;
  const server = await start({ ...(configPath !== undefined && { configPath }), environment });
  process.stderr.write(`RemoteMedia Gateway is ready: ${server.url}\n`);
  closeOnSignal(server);
  surviveModules(server);
  return server;
}

/**
 * What a module in JavaScript throws where it cannot be caught must not end the sessions of everybody: in a promise that was dropped, or in a
 * timer or listener of its own, where nothing of the gateway is interrupted. Any other exception ends the process: what it has left half
 * done nobody knows.
 */
function surviveModules({ app: { log }, unheard, folder }: RunningServer): void {
  process.on('unhandledRejection', (reason) => unheard.record('rejection', reason));
  process.on('uncaughtException', (error) => {
    if (isOfOperator(error, folder)) return unheard.record('exception', error);
    log.fatal({ err: error }, 'an exception that nobody caught');
    process.exit(1);
  });
}

function isOfOperator(error: unknown, folder: URL): boolean {
  try {
    // Node imports modules from where links lead.
    const path = `${realpathSync(folder)}${sep}`;
    const { href } = pathToFileURL(path);
    // Somebody who serves the folder in which the gateway is, would have all of it taken for modules.
    return !import.meta.url.startsWith(href) && isOfModules(error, path, href);
  } catch {
    return false;
  }
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
