/** `/openapi.json`, made from the routes' own schemas. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { type TSchema, Type } from 'typebox';
import {
  ExecuteResult,
  GatewayEvent,
  NodeMetrics,
  NodeTypeView,
  PipelineMetrics,
  PipelineView,
  Problem,
  SessionStatistics,
  SessionSummary,
  SessionView,
} from '../protocol/index.js';

/** Schemas with a name of their own in the document. */
const COMPONENTS = {
  ExecuteResult,
  GatewayEvent,
  NodeMetrics,
  NodeTypeView,
  PipelineMetrics,
  PipelineView,
  Problem,
  SessionStatistics,
  SessionSummary,
  SessionView,
} as const satisfies Record<string, TSchema>;

/** Error answers of a route: problem+json. */
export const PROBLEMS = {
  '4xx': Type.Unsafe<Problem>({ $ref: 'Problem#', description: 'RFC 9457 problem details' }),
  '5xx': Type.Unsafe<Problem>({ $ref: 'Problem#', description: 'RFC 9457 problem details' }),
};

/** A success without a body. */
export const NoContent = Type.Unsafe<undefined>(Type.Null({ description: 'Done' }));

/** A reference to a named schema that keeps its TypeScript type. */
export const named = <T>(name: keyof typeof COMPONENTS) => Type.Unsafe<T>({ $ref: `${name}#` });

/** Call before any route is registered. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  for (const [name, schema] of Object.entries(COMPONENTS)) app.addSchema({ ...schema, $id: name });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'RemoteMedia Gateway',
        description:
          'Sessions, pipelines and health of the gateway; WHIP. The WebSocket at /ws speaks JSON-RPC 2.0.',
        version,
      },
    },
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
