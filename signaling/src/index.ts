/** Fastify signaling for the gateway: what others may use. */
export { buildApp } from './app.js';
export { loadConfig, loadPipelines } from './config/load.js';
export { type Config, ConfigError, parseConfig } from './config/parse.js';
export type { Context, Dependencies, MachineAddress, RuntimeInfo } from './context.js';
export { LiveCatalogue, type ReloadResult } from './pipelines/live-catalogue.js';
export * from './protocol/index.js';
export { serve } from './serve.js';
export { type RunningServer, type StartOptions, start } from './start.js';
