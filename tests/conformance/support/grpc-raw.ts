/** A gRPC stream on bare HTTP/2, for a client that does not read: the library's own client takes what comes, read or not. */
import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { STREAMING_SERVICE, StreamingClient } from '../../../signaling/src/grpc/protocol.js';

export class RawGrpcStream {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;

  constructor(port: number) {
    this.#session = connect(`http://127.0.0.1:${port}`);
    this.#session.on('error', () => {});
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': `/${STREAMING_SERVICE}/StreamPipeline`,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    this.#stream.on('error', () => {});
    this.#stream.pause();
  }

  /** Resolves when the connection takes more. */
  async write(request: object): Promise<void> {
    const message = StreamingClient.service['StreamPipeline']!.requestSerialize(request);
    // Length-prefixed: not compressed, length, message.
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(message.length, 1);
    if (!this.#stream.write(Buffer.concat([prefix, message]))) await once(this.#stream, 'drain');
  }

  close(): void {
    this.#session.destroy();
  }
}
