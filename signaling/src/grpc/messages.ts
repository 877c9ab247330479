/** The messages of `proto/remotemedia/v1` as they are in JavaScript, read by `proto-loader` with the options of `protocol.ts`. */

export interface AudioBuffer {
  samples: Buffer;
  sample_rate: number;
  channels: number;
  format: 'AUDIO_FORMAT_UNSPECIFIED' | 'AUDIO_FORMAT_F32' | 'AUDIO_FORMAT_I16' | 'AUDIO_FORMAT_I32';
  num_samples: number;
}

/** Of the variants, one is there: the one that `data_type` names. */
export interface DataBuffer {
  data_type?: 'audio' | 'json' | 'text' | 'binary';
  audio?: AudioBuffer;
  json?: { json_payload: string; schema_type: string };
  text?: { text_data: Buffer; encoding: string; language?: string; channel?: string };
  binary?: { data: Uint8Array; mime_type: string };
  metadata: Record<string, string>;
}

export interface PipelineManifest {
  version: string;
  metadata: { name: string; description: string } | null;
  nodes: { id: string; node_type: string; params: string; is_output_node: boolean }[];
  connections: { from: string; to: string }[];
}

export interface ResourceLimits {
  max_timeout_ms: number;
  max_audio_samples: number;
}

/** What ExecuteRequest and StreamInit share. */
export interface PipelineChoice {
  manifest: PipelineManifest | null;
  manifest_json: string;
  pipeline: string;
  data_inputs: Record<string, DataBuffer>;
  resource_limits: ResourceLimits | null;
  client_version: string;
}

export interface ExecuteRequest extends PipelineChoice {
  inputs: DataBuffer[];
  ordered: boolean;
}

export interface ErrorResponse {
  error_type: `ERROR_TYPE_${'VALIDATION' | 'NODE_EXECUTION' | 'RESOURCE_LIMIT' | 'VERSION_MISMATCH' | 'INTERNAL' | 'TYPE_VALIDATION'}`;
  message: string;
  failing_node_id: string;
  context: string;
}

export interface ExecutionMetrics {
  wall_time_ms: number;
  cpu_time_ms: number;
  node_metrics: Record<
    string,
    { execution_time_ms: number; items_processed: number; custom_metrics: string }
  >;
  data_type_breakdown: Record<string, number>;
}

export interface NodeOutput {
  node_id: string;
  buffer: DataBuffer;
}

export interface NodeResult {
  node_id: string;
  status: 'NODE_STATUS_SUCCESS' | 'NODE_STATUS_FAILED';
  error: ErrorResponse | null;
}

export interface ExecutionResult {
  data_outputs: Record<string, DataBuffer>;
  metrics: ExecutionMetrics;
  node_results: NodeResult[];
  status: 'EXECUTION_STATUS_SUCCESS' | 'EXECUTION_STATUS_PARTIAL_SUCCESS';
  outputs: NodeOutput[];
}

export type ExecuteResponse = { result: ExecutionResult } | { error: ErrorResponse };

export interface VersionResponse {
  version_info: {
    protocol_version: string;
    runtime_version: string;
    supported_node_types: string[];
    supported_protocols: string[];
  };
  compatible: boolean;
  compatibility_message: string;
}

export interface DataChunk {
  node_id: string;
  buffer: DataBuffer | null;
  named_buffers: Record<string, DataBuffer>;
  sequence: number;
}

export interface StreamRequest {
  request?: 'init' | 'data_chunk' | 'audio_chunk' | 'control';
  init?: PipelineChoice;
  data_chunk?: DataChunk;
  audio_chunk?: { node_id: string; buffer: AudioBuffer | null; sequence: number };
  control?: { command: 'COMMAND_UNSPECIFIED' | 'COMMAND_CLOSE' | 'COMMAND_CANCEL' };
}

export type StreamResponse =
  | { ready: { session_id: string; recommended_chunk_size: number; max_buffer_latency_ms: number } }
  | {
      result: {
        sequence: number;
        data_outputs: Record<string, DataBuffer>;
        processing_time_ms: number;
        total_items_processed: number;
      };
    }
  | { error: ErrorResponse }
  | { closed: { session_id: string; final_metrics: ExecutionMetrics; reason: string } };
