/** The gateway as a user starts it: the command in a process of its own, on ports that the system chooses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { checkoutWithoutAddon } from './without-addon.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_TIMEOUT_MS = 20_000;

export interface GatewayProcess {
  /** `http://127.0.0.1:PORT` */
  url: string;
  process: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** Asks it to end as an operator does, and returns its exit code. */
  stop(): Promise<number | null>;
}

/** Starts `remotemedia serve` in the checkout at `root` and waits until it prints its address. */
export async function startGateway(
  env: Record<string, string> = {},
  root: string = ROOT,
): Promise<GatewayProcess> {
  const child = spawn(process.execPath, ['cli/bin/remotemedia.js', 'serve'], {
    cwd: root,
    env: { ...process.env, REMOTEMEDIA_HTTP_PORT: '0', REMOTEMEDIA_MEDIA_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no address within ${START_TIMEOUT_MS} ms:\n${printed}`)),
      START_TIMEOUT_MS,
    );
    const look = (chunk: Buffer) => {
      printed += chunk.toString();
      const port = /http:\/\/[^\s"/]+:(\d+)/.exec(printed)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${printed}`)));
  });
  return {
    url,
    process: child,
    output: () => printed,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code as number | null;
    },
  };
}

/** A gateway for each runtime; that of WebAssembly where there is no addon to be found, and no Rust to build one with. */
export const RUNTIMES: readonly (readonly ['native' | 'wasm', () => Promise<GatewayProcess>])[] = [
  ['native', () => startGateway()],
  ['wasm', startWithoutAddon],
];

async function startWithoutAddon(): Promise<GatewayProcess> {
  const checkout = checkoutWithoutAddon();
  const gateway = await startGateway(checkout.env, checkout.root);
  return {
    ...gateway,
    async stop() {
      const code = await gateway.stop();
      checkout.remove();
      return code;
    },
  };
}
