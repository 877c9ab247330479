/** gRPC: execute at once, and streams. */
import type { Item } from '@remotemedia/pipeline';
import type {
  DataBuffer,
  ErrorResponse,
  StreamRequest,
  StreamResponse,
} from '../../../signaling/src/grpc/messages.js';
import type { GrpcClient } from './grpc-client.js';
import {
  bytesOf,
  type Choice,
  type Conversation,
  converse,
  floatsOf,
  interleave,
  type Output,
  Refused,
  type Transport,
} from './transport.js';

export const grpcExecute = (client: GrpcClient): Transport => ({
  name: 'gRPC execute',
  counted: 'grpc',
  async run(choice, items) {
    const reply = await client.execute({ ...messageOf(choice), inputs: items.map(toBuffer), ordered: true });
    if ('error' in reply) throw refusal(reply.error);
    return reply.result.outputs.map(({ node_id, buffer }) => fromBuffer(node_id, buffer));
  },
});

export const grpcStream = (client: GrpcClient): Transport => ({
  name: 'gRPC stream',
  counted: 'grpc',
  run: (choice, items) => converse(Promise.resolve(new GrpcConversation(client, choice)), items),
  open: async (choice) => new GrpcConversation(client, choice),
});

export class GrpcConversation implements Conversation {
  readonly stream;

  constructor(client: GrpcClient, choice: Choice) {
    this.stream = client.stream();
    this.stream.on('error', () => {});
    this.#write({ init: messageOf(choice) as never });
  }

  async push(item: Item): Promise<void> {
    const chunk = { node_id: '', buffer: toBuffer(item), named_buffers: {}, sequence: 0 };
    if (!this.#write({ data_chunk: chunk }))
      await new Promise((resolve) => this.stream.once('drain', resolve));
  }

  async end(): Promise<void> {
    this.stream.end();
  }

  async results(): Promise<Output[]> {
    const outputs: Output[] = [];
    for await (const reply of this.stream as AsyncIterable<StreamResponse>) {
      if ('error' in reply) throw refusal(reply.error);
      if (!('result' in reply)) continue;
      for (const [node, buffer] of Object.entries(reply.result.data_outputs))
        outputs.push(fromBuffer(node, buffer));
    }
    return outputs;
  }

  async cancel(): Promise<void> {
    this.#write({ control: { command: 'COMMAND_CANCEL' } });
  }

  vanish(): void {
    this.stream.cancel();
  }

  #write(request: Partial<StreamRequest>): boolean {
    return this.stream.write(request);
  }
}

export const messageOf = (choice: Choice) =>
  'manifest' in choice ? { manifest_json: JSON.stringify(choice.manifest) } : choice;

const refusal = ({ context }: ErrorResponse) => new Refused(JSON.parse(context).code);

export function toBuffer(item: Item): DataBuffer {
  if (item.kind === 'value') {
    return { json: { json_payload: JSON.stringify(item.value), schema_type: '' }, metadata: {} };
  }
  if (item.kind !== 'audio') throw new Error('no case pushes anything else');
  const samples = bytesOf(interleave(item.planes));
  const { sampleRate: sample_rate, planes } = item;
  const audio = {
    samples,
    sample_rate,
    channels: planes.length,
    format: 'AUDIO_FORMAT_F32',
    num_samples: 0,
  } as const;
  return { audio, metadata: {} };
}

function fromBuffer(node: string, { audio, json, text }: DataBuffer): Output {
  if (audio) {
    const { sample_rate: sampleRate, channels, samples } = audio;
    return { kind: 'audio', sampleRate, channels, samples: floatsOf(samples) };
  }
  if (text) return { kind: 'value', node, value: String(text.text_data) };
  const value = JSON.parse(json!.json_payload);
  return json!.schema_type === 'event'
    ? { kind: 'event', node, event: value }
    : { kind: 'value', node, value };
}
