/**
 * The way out to one WebSocket. Bounded: when a slow client leaves half the limit unsent, messages that the next
 * one replaces are dropped; at the whole limit the socket is closed.
 */
import {
  CloseCode,
  type Notification,
  type NotificationName,
  type NotificationParams,
} from '../protocol/index.js';

/** What is used of a WebSocket. */
export interface OutgoingSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

const OPEN = 1;
/** Events that come many times a second; a client can do without one. */
const EXPENDABLE: ReadonlySet<string> = new Set([
  'vad_probability',
  'audio_level',
  'loudness',
  'audio_chunk',
  'spectrum',
  'log_mel',
]);

export class Outbox {
  readonly #socket: OutgoingSocket;
  readonly #limitBytes: number;
  /** Messages dropped because the client was too slow. */
  dropped = 0;

  constructor(socket: OutgoingSocket, limitBytes: number) {
    this.#socket = socket;
    this.#limitBytes = limitBytes;
  }

  send(text: string): void {
    if (this.#socket.readyState !== OPEN) return;
    if (this.#socket.bufferedAmount >= this.#limitBytes) {
      this.dropped += 1;
      this.#socket.close(CloseCode.slowConsumer, 'too slow: messages could not be delivered');
      return;
    }
    this.#socket.send(text);
  }

  notify<N extends NotificationName>(method: N, params: NotificationParams<N>): void {
    const late = this.#socket.bufferedAmount >= this.#limitBytes / 2;
    if (late && isExpendable(params)) {
      this.dropped += 1;
      return;
    }
    this.send(JSON.stringify({ jsonrpc: '2.0', method, params } as Notification));
  }
}

function isExpendable(params: object): boolean {
  if ('type' in params) return EXPENDABLE.has(String(params.type));
  if (!('kind' in params && 'payload' in params)) return false;
  const { kind, payload } = params;
  return kind === 'audio' || (typeof payload === 'object' && payload !== null && isExpendable(payload));
}
