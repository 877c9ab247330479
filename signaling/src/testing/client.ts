/** A WebSocket client of the application under test: no port, every message kept. */
import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';

export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever comes.
  readonly params?: any;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever comes.
  readonly result?: any;
  readonly error?: { code: number; message: string; data: { code: string; complaints?: unknown[] } };
}

export class TestClient {
  readonly socket: WebSocket;
  /** Everything received, oldest first. */
  readonly received: Message[] = [];
  readonly closed: Promise<number>;
  answersPings = true;
  #nextId = 1;
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, 'close').then(([code]) => code as number);
    socket.on('error', () => {});
    // An injected socket does not do this by itself.
    socket.on('ping', (data) => {
      if (this.answersPings) socket.pong(data);
    });
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message | Message[];
      this.received.push(...[message].flat());
      for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  static async open(
    app: FastifyInstance,
    headers: Record<string, string> = {},
    path = '/ws',
  ): Promise<TestClient> {
    let client: TestClient | undefined;
    await app.injectWS(path, { headers, socket: { remoteAddress: '127.0.0.1' } } as never, {
      onInit: (socket) => {
        client = new TestClient(socket as unknown as WebSocket);
      },
    });
    return client!;
  }

  /** The first message that fits, now or later. */
  async find(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.received.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  send(text: string): void {
    this.socket.send(text);
  }

  async call(method: string, params?: unknown): Promise<Message> {
    const id = this.#nextId++;
    this.send(JSON.stringify({ jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) }));
    return this.find((message) => message.id === id);
  }

  notification(method: string): Promise<Message> {
    return this.find((message) => message.method === method);
  }

  async announce(peerId: string): Promise<void> {
    const { error } = await this.call('peer.announce', { peer_id: peerId, capabilities: ['audio'] });
    if (error) throw new Error(error.message);
  }

  /** A round trip: all that was sent before has been dealt with. */
  async settle(): Promise<void> {
    await this.call('peer.list');
  }
}
