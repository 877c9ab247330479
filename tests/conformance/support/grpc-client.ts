/** A gRPC client of the gateway, on the library's own client. */
import { type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';
import type {
  ExecuteRequest,
  ExecuteResponse,
  StreamRequest,
  StreamResponse,
  VersionResponse,
} from '../../../signaling/src/grpc/messages.js';
import { ExecutionClient, StreamingClient } from '../../../signaling/src/grpc/protocol.js';

type Unary<Request, Response> = (
  request: Partial<Request>,
  reply: (error: ServiceError | null, response: Response) => void,
) => void;

export class GrpcClient {
  readonly #execution;
  readonly #streaming;

  constructor(port: number) {
    const address = `127.0.0.1:${port}`;
    this.#execution = new ExecutionClient(address, credentials.createInsecure());
    this.#streaming = new StreamingClient(address, credentials.createInsecure());
  }

  execute(request: Partial<ExecuteRequest>): Promise<ExecuteResponse> {
    return this.#call('ExecutePipeline', request);
  }

  version(client_version = ''): Promise<VersionResponse> {
    return this.#call('GetVersion', { client_version });
  }

  /** Requests are messages with one field. */
  stream(): ClientDuplexStream<Partial<StreamRequest>, StreamResponse> {
    return (
      this.#streaming as never as {
        StreamPipeline(): ClientDuplexStream<Partial<StreamRequest>, StreamResponse>;
      }
    ).StreamPipeline();
  }

  close(): void {
    this.#execution.close();
    this.#streaming.close();
  }

  #call<Request, Response>(method: string, request: Partial<Request>): Promise<Response> {
    const unary = (this.#execution as never as Record<string, Unary<Request, Response>>)[method]!;
    return new Promise((resolve, reject) => {
      unary.call(this.#execution, request, (error, response) => (error ? reject(error) : resolve(response)));
    });
  }
}
