/** Puts the parts together: configuration, runtime, gateway, application, port. */
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  createGateway,
  ExecutionService,
  type Gateway,
  opusVersion,
  pipelineOpener,
} from '@remotemedia/gateway';
import { environmentChoice } from '@remotemedia/pipeline';
import { pythonHost, warmPyodide } from '@remotemedia/pipeline/python';
import { workerHost } from '@remotemedia/pipeline/worker';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.js';
import { type Environment, loadConfig, loadPipelines, pipelineFolder, readPipelines } from './config/load.js';
import type { GrpcServer } from './grpc/server.js';
import { createLogger, type LogOutput } from './logging.js';
import { addresses, urlOf } from './machine.js';
import { executionOptions, gatewayOptions } from './options.js';
import { pipelineName } from './pipelines/catalogue.js';
import { manifestChecker } from './pipelines/checker.js';
import type { LiveCatalogue } from './pipelines/live-catalogue.js';
import { PackageFiles } from './pipelines/packages.js';
import { PipelineReloader } from './pipelines/reloader.js';
import { FolderWatcher } from './pipelines/watcher.js';
import { openRuntime } from './runtime.js';
import { UnheardFailures } from './unheard-failures.js';

/** The built demo page; from `src/` and `dist/` alike. */
const PAGE = fileURLToPath(new URL('../../web-client/dist/demo', import.meta.url));

const UNHEARD = {
  exception: 'a module threw where nobody could catch it',
  rejection: 'a promise was rejected and nobody heard it',
} as const;

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
  /** URL of the folder of pipelines and their modules. */
  readonly folder: URL;
  /** To be told by whoever owns the process. */
  readonly unheard: UnheardFailures;
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
  const packages = new PackageFiles(offline, (file) => pipelines?.get(pipelineName(file))?.text, onLog);
  const hosts = [packages, pythonHost({ base, onLog }), workerHost({ base, onLog })];
  const loading = new AbortController();
  const sources = { base, hosts, loadTimeoutMs: config.pipelines.load_timeout_ms, closing: loading.signal };
  const checker = manifestChecker({ runtime: offline, environment, ...sources });
  pipelines = await loadPipelines(loaded, checker, packages);
  const gateway = createGateway(
    { ...gatewayOptions(config, pipelines, info.runtime), operatorNodes: hosts, base },
    { log: logger },
  );
  const openPipeline = pipelineOpener({ runtime: environmentChoice(environment), ...sources });
  const execution = new ExecutionService(executionOptions(config, pipelines, openPipeline));
  const unheard = new UnheardFailures((kind, err, times) => logger.error({ err, times }, UNHEARD[kind]));
  const parts: Parts = { loading, gateway, execution };
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeAll(parts);
    return closing;
  };
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
      unheard: unheard.counts,
      now: Date.now,
    };
    const app = await buildApp(config, gateway, dependencies, logger);
    parts.app = app;
    if (config.grpc.enabled) {
      const { startGrpc } = await import('./grpc/server.js');
      parts.grpc = await startGrpc({ ...dependencies, config, gateway }, logger);
    }
    if (config.pipelines.watch) {
      const directory = fileURLToPath(base).slice(0, -1);
      const prepare = gateway.preparePipeline.bind(gateway);
      const read = () => readPipelines(directory, packages);
      const reloader = new PipelineReloader({ catalogue: pipelines, checker, read, prepare, log: logger });
      parts.watcher = new FolderWatcher({
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
    const { grpc } = parts;
    const url = urlOf(app);
    return { url, app, gateway, execution, pipelines, folder: base, unheard, grpcPort: grpc?.port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What has been begun, and is to be ended. */
interface Parts {
  /** Of modules. */
  readonly loading: AbortController;
  readonly gateway: Gateway;
  readonly execution: ExecutionService;
  app?: FastifyInstance;
  grpc?: GrpcServer;
  watcher?: FolderWatcher;
}

/** Sessions first: they say goodbye over the application's WebSockets and gRPC's streams. */
async function closeAll({ watcher, loading, gateway, execution, app, grpc }: Parts): Promise<void> {
  watcher?.close();
  loading.abort();
  grpc?.drain();
  await Promise.all([gateway.close(), execution.close()]);
  await Promise.all([app?.close(), grpc?.close()]);
  // The spare interpreter, if there is one.
  warmPyodide(0);
}
