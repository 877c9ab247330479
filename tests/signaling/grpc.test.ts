/** The gRPC server as it is started: services, health, reflection, limits, errors. */
import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import type { RunningServer } from '@remotemedia/signaling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrpcClient } from '../conformance/support/grpc-client.js';
import { startOnLoopback } from '../support/server.js';

const environment = {
  REMOTEMEDIA_GRPC_ENABLED: 'true',
  REMOTEMEDIA_GRPC_PORT: '0',
  REMOTEMEDIA_EXECUTION_MAX_SESSIONS: '1',
};
const nodes = [
  { id: 'multiply', node_type: 'MultiplyNode', params: '{"multiplier": 2}' },
  { id: 'add', node_type: 'AddNode', params: '{"addend": 10}', is_output_node: true },
];
const manifest = {
  version: 'v1',
  metadata: { name: 'calculator', description: '' },
  nodes: nodes.map((node) => ({ is_output_node: false, ...node })),
  connections: [{ from: 'multiply', to: 'add' }],
};
const json = (value: unknown) => ({
  json: { json_payload: JSON.stringify(value), schema_type: '' },
  metadata: {},
});

let server: RunningServer;
let client: GrpcClient;
beforeEach(async () => {
  server = await startOnLoopback(environment);
  client = new GrpcClient(server.grpcPort!);
});
afterEach(async () => {
  client.close();
  await server.close();
});

/** A unary call of raw bytes, for services of which we have no messages. */
function raw(path: string, request = Buffer.alloc(0)): Promise<Buffer> {
  const caller = new Client(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
  const same = (bytes: Buffer) => bytes;
  return new Promise<Buffer>((resolve, reject) => {
    caller.makeUnaryRequest(path, same, same, request, (error, bytes) =>
      error ? reject(error) : resolve(bytes!),
    );
  }).finally(() => caller.close());
}

describe.skipIf(!isNativeRuntimeAvailable())('gRPC', () => {
  it('tells its version, and whether a client fits', async () => {
    const { version_info, compatible } = await client.version('v1.2.0');
    expect(compatible).toBe(true);
    expect(version_info.supported_node_types).toContain('SileroVADNode');
    const old = await client.version('v2');
    expect(old).toMatchObject({ compatible: false, compatibility_message: expect.stringContaining('v1') });
  });

  it('says that it is healthy (grpc.health.v1)', async () => {
    // HealthCheckResponse { status: SERVING }.
    expect(await raw('/grpc.health.v1.Health/Check')).toEqual(Buffer.from([0x08, 0x01]));
  });

  it('ends a stream for the word as for the end of the requests', async () => {
    for (const isWord of [true, false]) {
      const stream = client.stream();
      stream.write({
        init: {
          manifest_json: JSON.stringify({
            version: 'v1',
            nodes: [{ id: 'a', node_type: 'AddNode', params: { addend: 1 } }],
          }),
        },
      } as never);
      for (const value of [1, 2]) {
        const chunk = { node_id: '', buffer: json(value), named_buffers: {}, sequence: 0 };
        stream.write({ data_chunk: chunk } as never);
      }
      if (isWord) stream.write({ control: { command: 'COMMAND_CLOSE' } } as never);
      else stream.end();
      const kinds: string[] = [];
      for await (const reply of stream as AsyncIterable<object>) kinds.push(Object.keys(reply)[0]!);
      expect(kinds.filter((kind) => kind === 'result')).toHaveLength(2);
      expect(kinds.at(-1)).toBe('closed');
    }
  });

  it('describes itself by reflection', async () => {
    const caller = new Client(`127.0.0.1:${server.grpcPort}`, credentials.createInsecure());
    const same = (bytes: Buffer) => bytes;
    const call = caller.makeBidiStreamRequest(
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
      same,
      same,
    );
    // ServerReflectionRequest { list_services: "" }.
    call.write(Buffer.from([0x3a, 0x00]));
    const [answer] = await new Promise<Buffer[]>((resolve, reject) => {
      call.once('data', (bytes: Buffer) => resolve([bytes])).once('error', reject);
    });
    call.end();
    caller.close();
    expect(String(answer)).toContain('remotemedia.v1.PipelineExecutionService');
    expect(String(answer)).toContain('remotemedia.v1.StreamingPipelineService');
  });

  it('runs a manifest in the SDK’s own shape', async () => {
    const reply = await client.execute({
      manifest,
      data_inputs: { multiply: json(5) },
      client_version: 'v1',
    });
    if (!('result' in reply)) throw new Error(JSON.stringify(reply));
    expect(JSON.parse(reply.result.data_outputs['add']!.json!.json_payload)).toBe(20);
    expect(reply.result.status).toBe('EXECUTION_STATUS_SUCCESS');
    expect(reply.result.metrics.data_type_breakdown).toEqual({ json: 1 });
  });

  it.each([
    [
      'a version that it does not speak',
      { client_version: 'v9' },
      'ERROR_TYPE_VERSION_MISMATCH',
      'version_mismatch',
    ],
    [
      'a node that is none',
      {
        manifest: {
          ...manifest,
          nodes: [{ id: 'a', node_type: 'Nonsense', params: '', is_output_node: false }],
          connections: [],
        },
      },
      'ERROR_TYPE_VALIDATION',
      'invalid_manifest',
    ],
    [
      'parameters that are not JSON',
      { manifest: { ...manifest, nodes: [{ ...manifest.nodes[0]!, params: '{' }] } },
      'ERROR_TYPE_VALIDATION',
      'invalid_json',
    ],
    [
      'code to be loaded',
      { manifest_json: '{"nodes":[{"id":"a","module":"./a.js"}]}' },
      'ERROR_TYPE_VALIDATION',
      'module_not_allowed',
    ],
    [
      'input that does not fit',
      { manifest, inputs: [json('five')] },
      'ERROR_TYPE_TYPE_VALIDATION',
      'invalid_input',
    ],
    ['a manifest that is null', { manifest_json: 'null' }, 'ERROR_TYPE_VALIDATION', 'invalid_manifest'],
    [
      'a manifest without a bottom',
      { manifest_json: `{"nodes":${'['.repeat(30_000)}${']'.repeat(30_000)}}` },
      'ERROR_TYPE_VALIDATION',
      'invalid_manifest',
    ],
    [
      'samples in a format that is none',
      { inputs: [{ audio: { samples: Buffer.alloc(4), sample_rate: 16_000, channels: 1, format: 99 } }] },
      'ERROR_TYPE_TYPE_VALIDATION',
      'invalid_input',
    ],
    [
      'a buffer with nothing in it',
      { manifest, inputs: [{ metadata: {} }] },
      'ERROR_TYPE_TYPE_VALIDATION',
      'invalid_input',
    ],
  ])('answers %s with an ErrorResponse', async (_, request, error_type, code) => {
    const reply = await client.execute(request as never);
    if (!('error' in reply)) throw new Error(JSON.stringify(reply));
    expect(reply.error.error_type).toBe(error_type);
    expect(JSON.parse(reply.error.context).code).toBe(code);
    expect(reply.error.message).not.toContain('undefined');
  });

  it('names the node that failed, in a call and in a stream', async () => {
    const reply = await client.execute({ manifest, inputs: [json('five')] } as never);
    expect(reply).toMatchObject({ error: { failing_node_id: 'multiply' } });
    const stream = client.stream();
    stream.write({ init: { manifest } as never });
    stream.write({
      data_chunk: { node_id: '', buffer: json('five'), named_buffers: {}, sequence: 1 },
    } as never);
    stream.end();
    const replies: object[] = [];
    for await (const one of stream as AsyncIterable<object>) replies.push(one);
    expect(replies.at(-1)).toMatchObject({ error: { failing_node_id: 'multiply' } });
    const fault = { id: 'fault', node_type: 'FaultNode', params: { after_ms: 0 } };
    const samples = Buffer.alloc(960);
    const audio = { samples, sample_rate: 48_000, channels: 1, format: 'AUDIO_FORMAT_I16', num_samples: 0 };
    const ofGraph = await client.execute({
      manifest_json: JSON.stringify({ version: 'v1', nodes: [fault], connections: [] }),
      inputs: [{ audio, metadata: {} }],
    } as never);
    expect(ofGraph).toMatchObject({
      error: { failing_node_id: 'fault', error_type: 'ERROR_TYPE_NODE_EXECUTION' },
    });
    const nobody = await client.execute({ manifest, inputs: [{ metadata: {} }] } as never);
    expect(nobody).toMatchObject({ error: { failing_node_id: '' } });
  });

  it.each([true, false])('says why a node failed that was gone around (ordered: %s)', async (ordered) => {
    const manifest_json = JSON.stringify({
      version: 'v1',
      nodes: [
        {
          id: 'multiply',
          node_type: 'MultiplyNode',
          params: { multiplier: 2 },
          execution: { on_error: 'bypass' },
        },
        { id: 'last', node_type: 'PassThrough' },
      ],
      connections: [{ from: 'multiply', to: 'last' }],
    });
    const reply = await client.execute({ manifest_json, inputs: [json('five')], ordered } as never);
    if (!('result' in reply)) throw new Error(JSON.stringify(reply));
    const [multiply, passed] = reply.result.node_results;
    expect(multiply).toMatchObject({
      node_id: 'multiply',
      status: 'NODE_STATUS_FAILED',
      error: { failing_node_id: 'multiply', error_type: 'ERROR_TYPE_TYPE_VALIDATION' },
    });
    expect(multiply!.error!.message).not.toBe('');
    expect(JSON.parse(multiply!.error!.context)).toMatchObject({ code: 'invalid_input' });
    expect(passed).toMatchObject({ status: 'NODE_STATUS_SUCCESS', error: null });
  });

  it('fails calls for which there is no place with RESOURCE_EXHAUSTED', async () => {
    const stream = client.stream();
    stream.on('error', () => {});
    stream.write({ init: { manifest } as never });
    await new Promise((resolve) => stream.once('data', resolve));
    const refused = await client
      .execute({ manifest, inputs: [json(1)] })
      .catch((error: ServiceError) => error);
    expect(refused).toMatchObject({ code: 8 });
    expect((refused as ServiceError).metadata.get('retry-after')).toEqual(['5']);
    const second = client.stream();
    second.write({ init: { manifest } as never });
    const failed = await new Promise((resolve) => second.once('error', resolve));
    expect(failed).toMatchObject({ code: 8, details: expect.stringContaining('taken') });
    stream.cancel();
  });

  it('ends a stream that does not begin with StreamInit, or counts backwards', async () => {
    const read = async (...requests: object[]) => {
      const stream = client.stream();
      for (const request of requests) stream.write(request as never);
      const replies = [];
      for await (const reply of stream) replies.push(reply);
      return replies;
    };
    const chunk = (sequence: number) => ({ data_chunk: { node_id: '', buffer: json(1), sequence } });
    expect(await read(chunk(1))).toMatchObject([
      { error: { message: expect.stringContaining('StreamInit') } },
    ]);
    const backwards = await read({ init: { manifest } }, chunk(2), chunk(1));
    expect(backwards.at(-1)).toMatchObject({ error: { message: 'Chunk 1 came after chunk 2' } });
  });
});
