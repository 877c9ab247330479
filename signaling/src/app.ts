/** The application as a value: all routes, no port. `serve` listens with it, tests inject into it. */
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { Gateway } from '@remotemedia/gateway';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { AUDIO_SOCKET_PATH, serveAudioSocket } from './audio-socket/route.js';
import type { Config } from './config/parse.js';
import type { Dependencies } from './context.js';
import { executeRoutes } from './execute/execute.js';
import { sdkRoutes } from './execute/sdk/routes.js';
import { streamRoutes } from './execute/stream.js';
import { handleFailures, refuseUnroutable } from './http/failures.js';
import { describeApi } from './http/openapi.js';
import { guardOrigins } from './http/origins.js';
import { servePage } from './http/page.js';
import { secure } from './http/security.js';
import { logSessions } from './log-sessions.js';
import { misfits } from './misfits.js';
import { catalogueRoutes } from './rest/catalogue.js';
import { healthRoutes } from './rest/health.js';
import { metricsRoutes } from './rest/metrics.js';
import { schemaRoutes } from './rest/schemas.js';
import { sessionRoutes } from './rest/sessions.js';
import { admitWebSockets } from './rpc/upgrade.js';
import { serveWebSocket, WEBSOCKET_PATH } from './rpc/websocket.js';
import { whipEndpoint } from './whip/endpoint.js';
import { whipResource } from './whip/resource.js';

/** Builds the application. It does not own the gateway: who made that closes it, before the application. */
export async function buildApp(
  config: Config,
  gateway: Gateway,
  dependencies: Dependencies,
  logger?: FastifyBaseLogger,
): Promise<FastifyInstance> {
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger: false }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.limits.message_bytes,
    // Longer is a client that feeds its request drop by drop to hold a connection.
    requestTimeout: 30_000,
    trustProxy: config.http.trust_proxy,
    routerOptions: { maxParamLength: 256 },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: refuseUnroutable,
    schemaErrorFormatter: (errors, part) => new Error(misfits(errors, part)),
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as FastifyInstance;
  const context = { ...dependencies, config, gateway };

  // Fastify's own would make a text of a list of one and a number of a text, in bodies too.
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  // Nothing here takes text for text.
  app.removeContentTypeParser('text/plain');
  handleFailures(app);
  await admitWebSockets(app, [WEBSOCKET_PATH, AUDIO_SOCKET_PATH], config);
  guardOrigins(app, config.security.allowed_origins);
  await secure(app, config.limits.requests_per_minute);
  await describeApi(app, dependencies.runtime.version);
  serveWebSocket(app, context);
  serveAudioSocket(app, context);
  await app.register(healthRoutes, context);
  await app.register(sessionRoutes, context);
  if (config.metrics.enabled) await app.register(metricsRoutes, context);
  await app.register(catalogueRoutes, context);
  await app.register(schemaRoutes);
  await app.register(executeRoutes, context);
  await app.register(streamRoutes, context);
  await app.register(sdkRoutes, context);
  await app.register(whipEndpoint, context);
  await app.register(whipResource, context);
  await servePage(app, dependencies.pageDirectory);
  logSessions(app, gateway, dependencies.execution, dependencies.now);
  return app;
}
