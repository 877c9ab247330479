/** The gRPC server: our services, health and reflection. Imported only where the configuration says so. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import type { FastifyBaseLogger } from 'fastify';
import { HealthImplementation } from 'grpc-health-check';
import type { Context } from '../context.js';
import { executionService } from './execute.js';
import {
  EXECUTION_SERVICE,
  ExecutionClient,
  packageDefinition,
  STREAMING_SERVICE,
  StreamingClient,
} from './protocol.js';
import { streamingService } from './stream.js';

/** How long the end waits for calls to finish. */
const CLOSE_PATIENCE_MS = 2000;
/** Between pings; a client that misses one is gone. */
const KEEP_ALIVE_MS = 20_000;

export interface GrpcServer {
  readonly port: number;
  /** Says that it is going, then goes. Close the execution sessions in between. */
  drain(): void;
  close(): Promise<void>;
}

/** @throws the system's error where the port is taken. */
export async function startGrpc(context: Context, log: FastifyBaseLogger): Promise<GrpcServer> {
  const { host, port, message_bytes, connection_streams } = context.config.grpc;
  const server = new Server({
    'grpc.max_receive_message_length': message_bytes,
    // Results are limited by `execution.result_bytes`.
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': connection_streams,
    'grpc.keepalive_time_ms': KEEP_ALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEP_ALIVE_MS,
  });
  server.addService(ExecutionClient.service, executionService(context, log));
  server.addService(StreamingClient.service, streamingService(context, log));
  const services = ['', EXECUTION_SERVICE, STREAMING_SERVICE];
  const health = new HealthImplementation();
  const tell = (status: 'SERVING' | 'NOT_SERVING') => {
    for (const service of services) health.setStatus(service, status);
  };
  tell('SERVING');
  health.addToServer(server);
  new ReflectionService(packageDefinition).addToServer(server);
  const bound = await bind(server, host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
  log.info({ host, port: bound }, 'gRPC listens');
  return {
    port: bound,
    drain: () => tell('NOT_SERVING'),
    close: () => shutDown(server),
  };
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => server.forceShutdown(), CLOSE_PATIENCE_MS);
    server.tryShutdown(() => {
      clearTimeout(patience);
      resolve();
    });
  });
}
