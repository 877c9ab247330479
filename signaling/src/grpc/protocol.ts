/** The services as gRPC knows them, read from `proto/`, which clients take too. */
import { fileURLToPath } from 'node:url';
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** From `src/` and `dist/` alike. */
export const PROTO_DIRECTORY = fileURLToPath(new URL('../../proto', import.meta.url));

export const packageDefinition = loadSync(
  ['remotemedia/v1/execution.proto', 'remotemedia/v1/streaming.proto'],
  {
    includeDirs: [PROTO_DIRECTORY],
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);

export const EXECUTION_SERVICE = 'remotemedia.v1.PipelineExecutionService';
export const STREAMING_SERVICE = 'remotemedia.v1.StreamingPipelineService';

const v1 = (loadPackageDefinition(packageDefinition)['remotemedia'] as GrpcObject)['v1'] as Record<
  string,
  ServiceClientConstructor
>;
export const ExecutionClient = v1['PipelineExecutionService']!;
export const StreamingClient = v1['StreamingPipelineService']!;
