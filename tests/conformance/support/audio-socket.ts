/** The audio WebSocket. Audio goes as f32 samples in binary messages, values as items. */
import { once } from 'node:events';
import type { Item } from '@remotemedia/pipeline';
import { WebSocket } from 'ws';
import {
  bytesOf,
  type Conversation,
  converse,
  floatsOf,
  interleave,
  type Output,
  Refused,
  type Transport,
} from './transport.js';
import { fromWire, toWire } from './wire.js';

export const audioSocket = (url: string): Transport => ({
  name: 'WebSocket',
  counted: 'websocket',
  run: (choice, items) => converse(open(url, choice, formatOf(items)), items),
  open: (choice) => open(url, choice, { sample_rate: 48_000, channels: 1 }),
});

const formatOf = (items: readonly Item[]) => {
  const audio = items.find((item) => item.kind === 'audio');
  return { sample_rate: audio?.sampleRate ?? 48_000, channels: audio?.planes.length ?? 1 };
};

async function open(url: string, choice: object, format: object): Promise<AudioSocketConversation> {
  const socket = new WebSocket(new URL('/api/v1/audio', url.replace('http', 'ws')));
  await once(socket, 'open');
  return new AudioSocketConversation(socket, { type: 'start', encoding: 'f32le', ...format, ...choice });
}

export class AudioSocketConversation implements Conversation {
  readonly socket: WebSocket;
  readonly #outputs: Output[] = [];
  readonly #over: Promise<void>;
  #format = { sample_rate: 0, channels: 0 };

  constructor(socket: WebSocket, start: object) {
    this.socket = socket;
    this.#over = new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', (code) => reject(new Refused(`closed with ${code}`)));
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.#take(data);
        else this.#hear(JSON.parse(String(data)), resolve, reject);
      });
    });
    this.#over.catch(() => {});
    socket.send(JSON.stringify(start));
  }

  /** Resolves when it has left this process. */
  push(item: Item): Promise<void> {
    const message =
      item.kind === 'audio'
        ? bytesOf(interleave(item.planes))
        : JSON.stringify({ type: 'item', item: toWire(item) });
    return new Promise((resolve) => {
      this.socket.send(message, () => resolve());
    });
  }

  async end(): Promise<void> {
    this.socket.send(JSON.stringify({ type: 'end' }));
  }

  async results(): Promise<Output[]> {
    await this.#over;
    return this.#outputs;
  }

  async cancel(): Promise<void> {
    this.socket.close();
  }

  vanish(): void {
    this.socket.terminate();
  }

  #take(data: Buffer): void {
    const { sample_rate: sampleRate, channels } = this.#format;
    this.#outputs.push({ kind: 'audio', sampleRate, channels, samples: floatsOf(data) });
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever the gateway says.
  #hear(message: any, resolve: () => void, reject: (error: Error) => void): void {
    if (message.type === 'audio_format') this.#format = message;
    else if (message.type === 'output') this.#outputs.push(fromWire(message.output));
    else if (message.type === 'error') reject(new Refused(message.code));
    else if (message.type === 'ended') resolve();
  }
}
