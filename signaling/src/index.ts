/** Fastify signaling for the gateway: what others may use. */
export { buildApp } from './app.js';
export { type Config, ConfigError, parseConfig } from './config/parse.js';
export type { Context, Dependencies, MachineAddress, RuntimeInfo } from './context.js';
export * from './protocol/index.js';
