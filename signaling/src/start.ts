/** Puts the parts together: configuration, runtime, gateway, application, port. */
import { hostname, networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  createGateway,
  type ExecutionOptions,
  ExecutionService,
  type Gateway,
  type GatewayOptions,
  type OpenPipeline,
  opusVersion,
  pipelineOpener,
} from '@remotemedia/gateway';
import { environmentChoice, type RuntimeName } from '@remotemedia/pipeline';
import { pythonHost } from '@remotemedia/pipeline/python';
import { workerHost } from '@remotemedia/pipeline/worker';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.js';
import { type Environment, loadConfig, loadPipelines, pipelineFolder, readPipelines } from './config/load.js';
import type { Config } from './config/parse.js';
import type { MachineAddress } from './context.js';
import type { GrpcServer } from './grpc/server.js';
import { createLogger, type LogOutput } from './logging.js';
import { type PipelineCatalogue, pipelineName } from './pipelines/catalogue.js';
import { manifestChecker } from './pipelines/checker.js';
import type { LiveCatalogue } from './pipelines/live-catalogue.js';
import { PackageFiles } from './pipelines/packages.js';
import { PipelineReloader } from './pipelines/reloader.js';
import { FolderWatcher } from './pipelines/watcher.js';
import { openRuntime } from './runtime.js';

/** The built demo page; from `src/` and `dist/` alike. */
const PAGE = fileURLToPath(new URL('../../web-client/dist/demo', import.meta.url));

export interface StartOptions {
  readonly configPath?: string;
  readonly environment?: Environment;
  /** Where the log goes; standard output unless given. */
  readonly output?: LogOutput;
}

export interface RunningServer {
  /** Where a browser on this machine finds the page. */
  readonly url: string;
  readonly app: FastifyInstance;
  readonly gateway: Gateway;
  readonly execution: ExecutionService;
  /** What is served now; tells of every reload. */
  readonly pipelines: LiveCatalogue;
  /** TCP port of gRPC; undefined where it is off. */
  readonly grpcPort: number | undefined;
  /** Accepts nothing new, tells and closes every session, frees the ports. Idempotent. */
  close(): Promise<void>;
}

/** @throws ConfigError, RuntimeUnavailableError, GatewayError, or the system's error where a port is taken. */
export async function start({
  configPath,
  environment = {},
  output = process.stdout,
}: StartOptions): Promise<RunningServer> {
  const loaded = loadConfig(configPath, environment);
  const { config } = loaded;
  const logger = createLogger(config.logging, output);
  const { info, offline, importManifest } = openRuntime(environment, (message) => logger.warn(message));
  const base = pipelineFolder(loaded);
  const onLog = (line: string, nodeId: string) => logger.info({ nodeId }, line);
  let pipelines: LiveCatalogue | undefined;
  const packages = new PackageFiles(offline, (file) => pipelines?.get(pipelineName(file))?.text);
  const hosts = [packages, pythonHost({ base, onLog }), workerHost({ base, onLog })];
  const checker = manifestChecker({ runtime: offline, environment, hosts, base });
  pipelines = await loadPipelines(loaded, checker, packages);
  const gateway = createGateway(
    { ...gatewayOptions(config, pipelines, info.runtime), operatorNodes: hosts, base },
    { log: logger },
  );
  const openPipeline = pipelineOpener({ runtime: environmentChoice(environment), base, hosts });
  const execution = new ExecutionService(executionOptions(config, pipelines, openPipeline));
  let closing: Promise<void> | undefined;
  let grpc: GrpcServer | undefined;
  let watcher: FolderWatcher | undefined;
  try {
    await gateway.ready();
    const dependencies = {
      execution,
      pipelines,
      // On WebAssembly the codec is not the runtime's own.
      runtime: { ...info, opus: info.opus ?? (await opusVersion()) },
      pageDirectory: PAGE,
      importManifest,
      machine: { hostname: hostname(), addresses },
      now: Date.now,
    };
    const app = await buildApp(config, gateway, dependencies, logger);
    if (config.grpc.enabled) {
      const { startGrpc } = await import('./grpc/server.js');
      grpc = await startGrpc({ ...dependencies, config, gateway }, logger);
    }
    if (config.pipelines.watch) {
      const directory = fileURLToPath(base).slice(0, -1);
      const prepare = gateway.preparePipeline.bind(gateway);
      const read = () => readPipelines(directory, packages);
      const reloader = new PipelineReloader({ catalogue: pipelines, checker, read, prepare, log: logger });
      watcher = new FolderWatcher({
        directory,
        changed: () => void reloader.reload(),
        failed: (error) => logger.error({ err: error }, 'the folder of pipelines is not watched'),
      });
    }
    await app.listen({
      host: config.http.host,
      port: config.http.port,
      listenTextResolver: (at) => `listening at ${at}`,
    });
    const close = () => {
      closing ??= closeAll({ watcher, gateway, execution, app, grpc });
      return closing;
    };
    return { url: urlOf(app), app, gateway, execution, pipelines, grpcPort: grpc?.port, close };
  } catch (error) {
    watcher?.close();
    await gateway.close();
    await grpc?.close();
    throw error;
  }
}

interface Parts {
  readonly watcher: FolderWatcher | undefined;
  readonly gateway: Gateway;
  readonly execution: ExecutionService;
  readonly app: FastifyInstance;
  readonly grpc: GrpcServer | undefined;
}

/** Sessions first: they say goodbye over the application's WebSockets and gRPC's streams. */
async function closeAll({ watcher, gateway, execution, app, grpc }: Parts): Promise<void> {
  watcher?.close();
  grpc?.drain();
  await Promise.all([gateway.close(), execution.close()]);
  await Promise.all([app.close(), grpc?.close()]);
}

const gatewayOptions = (
  { media, metrics, sessions }: Config,
  { manifests, defaultName }: PipelineCatalogue,
  runtime: RuntimeName,
): GatewayOptions => ({
  runtime,
  plane: {
    port: media.port,
    ...(media.bind_address !== '' && { bindAddress: media.bind_address }),
    ...(media.threads !== 0 && { threads: media.threads }),
  },
  announceAddresses: media.announce_addresses,
  maxSessions: sessions.max,
  metrics: metrics.enabled,
  pipelines: manifests,
  defaultPipeline: defaultName,
  negotiateTimeoutMs: sessions.negotiate_timeout_ms,
  connectTimeoutMs: sessions.connect_timeout_ms,
  inactivityMs: sessions.inactivity_ms,
  retryAfterSeconds: sessions.retry_after_s,
  retention: { utterances: sessions.utterances_kept, utteranceBytes: sessions.utterance_bytes },
});

const executionOptions = (
  { execution, sessions }: Config,
  { manifests, defaultName }: PipelineCatalogue,
  openPipeline: OpenPipeline,
): ExecutionOptions => ({
  pipelines: manifests,
  defaultPipeline: defaultName,
  openPipeline,
  maxSessions: execution.max_sessions,
  idleTimeoutMs: execution.idle_timeout_ms,
  executeTimeoutMs: execution.execute_timeout_ms,
  itemBytes: execution.item_bytes,
  resultBytes: execution.result_bytes,
  retryAfterSeconds: sessions.retry_after_s,
});

/** Wildcards are for listening; a browser wants a name, and gives its microphone to localhost without TLS. */
function urlOf(app: FastifyInstance): string {
  const at = app.server.address();
  if (at === null || typeof at === 'string') return String(at);
  const local = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(at.address);
  const host = local ? 'localhost' : at.family === 'IPv6' ? `[${at.address}]` : at.address;
  return `http://${host}:${at.port}/`;
}

/** The first outward address is the default one. */
function addresses(): MachineAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }, index) => ({ ip: address, isDefault: index === 0 }));
}
