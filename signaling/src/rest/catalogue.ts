/** What can be run: pipelines and the node types that manifests are made of. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { named, PROBLEMS } from '../http/openapi.js';
import { NodeTypeList, type NodeTypeView, PipelineList } from '../protocol/index.js';

export const catalogueRoutes: FastifyPluginAsyncTypebox<Context> = async (app, { pipelines, runtime }) => {
  const { nodeTypes } = runtime;

  app.get(
    '/api/v1/pipelines',
    { schema: { summary: 'Pipelines that clients may name', response: { 200: PipelineList, ...PROBLEMS } } },
    async () => ({ pipelines: [...pipelines.views], default: pipelines.defaultName }),
  );

  app.get(
    '/api/v1/nodes',
    { schema: { summary: 'Node types for manifests', response: { 200: NodeTypeList, ...PROBLEMS } } },
    async () => ({ nodes: [...nodeTypes], count: nodeTypes.length }),
  );

  app.get(
    '/api/v1/nodes/:type',
    {
      schema: {
        summary: 'One node type',
        params: Type.Object({ type: Type.String({ maxLength: 128 }) }),
        response: { 200: named<NodeTypeView>('NodeTypeView'), ...PROBLEMS },
      },
    },
    async (request) => {
      const { type } = request.params;
      const found = nodeTypes.find(({ node_type, aliases }) => node_type === type || aliases.includes(type));
      if (!found) throw new RequestError('node_type_not_found', `There is no node type "${type}"`);
      return found;
    },
  );
};
