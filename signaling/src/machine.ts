/** Where this machine can be found. */
import { networkInterfaces } from 'node:os';
import type { FastifyInstance } from 'fastify';
import type { MachineAddress } from './context.js';

/** Wildcards are for listening; a browser wants a name, and gives its microphone to localhost without TLS. */
export function urlOf(app: FastifyInstance): string {
  const at = app.server.address();
  if (at === null || typeof at === 'string') return String(at);
  const local = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(at.address);
  const host = local ? 'localhost' : at.family === 'IPv6' ? `[${at.address}]` : at.address;
  return `http://${host}:${at.port}/`;
}

/** Those of this machine that others can reach. The first outward address is the default one. */
export function addresses(): MachineAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }, index) => ({ ip: address, isDefault: index === 0 }));
}
