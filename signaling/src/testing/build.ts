/** The application on a fake gateway, for tests. */
import { ExecutionService, type ManifestSource, pipelineOpener } from '@remotemedia/gateway';
import { importManifest } from '@remotemedia/pipeline/import';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildApp } from '../app.js';
import { parseConfig } from '../config/parse.js';
import type { Dependencies } from '../context.js';
import type { PipelineCatalogue } from '../pipelines/catalogue.js';
import { FakeGateway } from './fake-gateway.js';

const pipelines: PipelineCatalogue = {
  defaultName: 'echo',
  manifests: new Map([['echo', chain({ node_type: 'PassThrough' })]]),
  shown: (name) => pipelines.manifests.get(name),
  views: [
    {
      name: 'echo',
      title: 'Echo',
      description: 'Back comes what went in.',
      is_default: true,
      kind: 'audio',
      nodes: [
        {
          id: 'echo',
          node_type: 'PassThrough',
          params: { gain_db: 0 },
          part: 'audio',
          executor: null,
          is_source: true,
          is_output: true,
          latency_ms: 0,
        },
      ],
      connections: [],
      latency_ms: 0,
      plan: { steps: [{ node: 'echo' }] },
    },
  ],
  changes: { added: 0, changed: 0, removed: 0, refused: 0 },
};

const nodeType = {
  node_type: 'PassThrough',
  aliases: ['PassThroughNode'],
  summary: 'Nothing happens.',
  documentation: 'Gives on what it gets.',
  role: 'transform',
  params: [{ name: 'gain_db', type: 'number', min: -60, max: 40, default: 0 }],
};

/** What clients may run in tests. */
const executable = new Map<string, ManifestSource>([
  ['echo', chain({ node_type: 'PassThrough' })],
  [
    'calculator',
    chain(
      { node_type: 'MultiplyNode', params: { multiplier: 2 } },
      { node_type: 'AddNode', params: { addend: 10 } },
    ),
  ],
]);

/** A manifest of nodes that follow one another. */
export function chain(
  ...nodes: readonly { node_type: string; params?: object; is_output_node?: boolean }[]
): ManifestSource {
  const ids = nodes.map((_, index) => `n${index}`);
  return {
    version: 'v1',
    metadata: { name: 'chain' },
    nodes: nodes.map((node, index) => ({ id: ids[index], ...node })),
    connections: ids.slice(1).map((to, index) => ({ from: ids[index], to })),
  };
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly gateway: FakeGateway;
  readonly execution: ExecutionService;
  /** Moves the clock that the application sees. */
  readonly clock: { now: number };
}

/**
 * @param text YAML of what differs from the default configuration.
 * @param extend adds hooks of the test.
 */
export async function buildTestApp(
  text = '',
  more: Partial<Dependencies> = {},
  extend: (app: FastifyInstance) => void = () => {},
  logger?: FastifyBaseLogger,
): Promise<TestApp> {
  const gateway = new FakeGateway();
  const execution =
    more.execution ??
    new ExecutionService({
      pipelines: executable,
      defaultPipeline: 'echo',
      openPipeline: pipelineOpener(),
    });
  const clock = { now: 1_750_000_000_000 };
  const app = await buildApp(
    parseConfig({ text, name: 'test.yaml' }),
    gateway,
    {
      execution,
      pipelines,
      runtime: {
        version: '0.1.0',
        runtime: 'native',
        reason: 'It is the default.',
        opus: 'libopus 1.6.1',
        nodeTypes: [nodeType],
      },
      importManifest,
      machine: { hostname: 'box', addresses: () => [{ ip: '192.0.2.1', isDefault: true }] },
      unheard: { exception: 0, rejection: 0 },
      now: () => clock.now,
      ...more,
    },
    logger,
  );
  extend(app);
  await app.ready();
  return { app, gateway, execution, clock };
}
