/** What nodes and pipelines cost: of one session as JSON, of the whole process for Prometheus. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { named, PROBLEMS } from '../http/openapi.js';
import { MetricsExporter } from '../metrics/exporter.js';
import type { PipelineMetrics } from '../protocol/index.js';
import { find, SessionParams } from './sessions.js';

/** Registered where `metrics.enabled` says so. */
export const metricsRoutes: FastifyPluginAsyncTypebox<Context> = async (
  app,
  { gateway, execution, pipelines, runtime, unheard },
) => {
  const exporter = new MetricsExporter(gateway, execution, pipelines, runtime, unheard);
  app.addHook('onClose', async () => exporter.close());

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'Metrics for Prometheus, of all sessions since the start',
        produces: ['text/plain'],
        response: { 200: Type.String(), ...PROBLEMS },
      },
    },
    async (_request, reply) => {
      reply.type(exporter.contentType).header('cache-control', 'no-store');
      return reply.send(await exporter.scrape());
    },
  );

  app.get(
    '/api/v1/sessions/:id/metrics',
    {
      schema: {
        summary: 'What the nodes of a session cost',
        params: SessionParams,
        response: { 200: named<PipelineMetrics>('PipelineMetrics'), ...PROBLEMS },
      },
    },
    async (request) => {
      const metrics = find(gateway, request.params.id).metrics();
      if (!metrics) throw new RequestError('not_found', 'This session is not measured');
      return metrics;
    },
  );
};
