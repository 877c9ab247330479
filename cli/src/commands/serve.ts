/** `remotemedia serve`: the gateway. */
import { parseArgs } from 'node:util';
import { EXIT_OK } from '../exit.js';

export const USAGE = `remotemedia serve [--config <gateway.yaml>]

Starts the gateway and prints its address. Every key of the configuration can be overridden by an environment
variable REMOTEMEDIA_*; configs/gateway.yaml explains them all.

  -c, --config PATH    configuration file (default: configs/gateway.yaml of the installation)`;

export async function serve(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { config: { type: 'string', short: 'c' } } });
  // Loaded here, so that the other commands start without a web server.
  const { serve: serveGateway } = await import('@remotemedia/signaling');
  await serveGateway(values.config, process.env);
  return EXIT_OK;
}
