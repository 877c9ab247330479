/** What the configuration is to the gateway and to executions. */
import type { ExecutionOptions, GatewayOptions, OpenPipeline } from '@remotemedia/gateway';
import type { RuntimeName } from '@remotemedia/pipeline';
import type { Config } from './config/parse.js';
import type { PipelineCatalogue } from './pipelines/catalogue.js';

export const gatewayOptions = (
  { media, metrics, pipelines, sessions }: Config,
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
  loadTimeoutMs: pipelines.load_timeout_ms,
  negotiateTimeoutMs: sessions.negotiate_timeout_ms,
  connectTimeoutMs: sessions.connect_timeout_ms,
  inactivityMs: sessions.inactivity_ms,
  retryAfterSeconds: sessions.retry_after_s,
  retention: { utterances: sessions.utterances_kept, utteranceBytes: sessions.utterance_bytes },
});

export const executionOptions = (
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
