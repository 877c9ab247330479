/** `PipelineExecutionService`: a whole input, all results. */
import type { handleUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import type { ExecutionResult } from '@remotemedia/gateway';
import type { PipelineOutput } from '@remotemedia/pipeline';
import type { FastifyBaseLogger } from 'fastify';
import type { Context } from '../context.js';
import { viewError } from '../errors.js';
import { mergeAudio } from '../execute/merge-audio.js';
import { toBuffer, toOutputs } from './data-buffer.js';
import { nodeErrorResponse, toErrorResponse, toStatus } from './failures.js';
import type * as messages from './messages.js';
import { Breakdown, toExecutionMetrics } from './metrics.js';
import { executionRequest, inputsOf, isCompatible, PROTOCOL_VERSION } from './request.js';

export function executionService({ execution, runtime }: Context, log: FastifyBaseLogger) {
  const ExecutePipeline: handleUnaryCall<messages.ExecuteRequest, messages.ExecuteResponse> = (
    call,
    reply,
  ) => {
    const gone = new AbortController();
    call.once('cancelled', () => gone.abort());
    const { request } = call;
    const since = performance.now();
    const run = async () => {
      const inputs = inputsOf(request, request.inputs);
      const result = await execution.execute(executionRequest(request), inputs, gone.signal);
      return toResult(result, request.ordered, performance.now() - since);
    };
    run().then(
      (result) => reply(null, { result }),
      (error) => refuse(error, reply, log),
    );
  };

  const GetVersion: handleUnaryCall<{ client_version: string }, messages.VersionResponse> = (call, reply) => {
    const { client_version } = call.request;
    const compatible = isCompatible(client_version);
    reply(null, {
      version_info: {
        protocol_version: PROTOCOL_VERSION,
        runtime_version: runtime.version,
        supported_node_types: runtime.nodeTypes.map(({ node_type }) => node_type),
        supported_protocols: [PROTOCOL_VERSION],
      },
      compatible,
      compatibility_message: compatible ? '' : `This gateway speaks ${PROTOCOL_VERSION}`,
    });
  };

  return { ExecutePipeline, GetVersion };
}

function refuse(
  error: unknown,
  reply: sendUnaryData<messages.ExecuteResponse>,
  log: FastifyBaseLogger,
): void {
  const view = viewError(error);
  if (view.code === 'internal_error') log.error({ err: error }, 'gRPC call failed');
  const status = toStatus(view);
  if (status) reply(status);
  else reply(null, { error: toErrorResponse(view) });
}

function toResult(
  { outputs, metrics }: ExecutionResult,
  ordered: boolean,
  wallTimeMs: number,
): messages.ExecutionResult {
  const breakdown = new Breakdown();
  for (const output of outputs) breakdown.add(output);
  const failures = failuresByNode(outputs);
  return {
    data_outputs: ordered ? {} : byNode(outputs),
    metrics: toExecutionMetrics(metrics, breakdown.counts, wallTimeMs),
    node_results: metrics.node_metrics.map(({ node_id }) => {
      const error = failures.get(node_id) ?? null;
      return { node_id, status: error ? 'NODE_STATUS_FAILED' : 'NODE_STATUS_SUCCESS', error };
    }),
    status: failures.size > 0 ? 'EXECUTION_STATUS_PARTIAL_SUCCESS' : 'EXECUTION_STATUS_SUCCESS',
    outputs: ordered ? mergeAudio(outputs).flatMap(toOutputs) : [],
  };
}

/** The last failure of each node; an attempt that a further one made good is none. */
function failuresByNode(outputs: readonly PipelineOutput[]): Map<string, messages.ErrorResponse> {
  const failures = outputs.flatMap(({ item, nodeId }) =>
    item.kind === 'event' && item.event.type === 'node_error' ? [{ nodeId, event: item.event }] : [],
  );
  return new Map(failures.map(({ nodeId, event }) => [nodeId, nodeErrorResponse(event)]));
}

/** The one buffer that stands for all that a node gave: see `ExecutionResult.data_outputs`. */
function byNode(outputs: readonly PipelineOutput[]): Record<string, messages.DataBuffer> {
  const ids = [...new Set(outputs.map(({ nodeId }) => nodeId))];
  const merged = mergeAudio(outputs);
  return Object.fromEntries(
    ids.map((id) => {
      const items = merged.filter(({ nodeId }) => nodeId === id).map(({ item }) => item);
      const audio = items.find(({ kind }) => kind === 'audio');
      const values = items.flatMap((item) => (item.kind === 'value' ? [item.value] : []));
      const events = items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
      if (audio) return [id, toBuffer(audio)];
      if (values.length > 0)
        return [id, toBuffer({ kind: 'value', value: values.length === 1 ? values[0]! : values })];
      if (events.length > 0) {
        const json_payload = JSON.stringify(events);
        return [id, { json: { json_payload, schema_type: 'event' }, metadata: {} }];
      }
      return [id, toBuffer(items[0]!)];
    }),
  );
}
