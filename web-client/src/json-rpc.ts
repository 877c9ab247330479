/**
 * JSON-RPC 2.0 over a WebSocket that somebody else opened: requests with a deadline, notifications to one listener, and every pending
 * request rejected when the socket goes. It knows no method names.
 */
import { fromRpcError } from './error-mapping.js';
import { GatewayError } from './errors.js';

/** The part of `WebSocket` that is used, so that tests need no network. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close' | 'error', listener: () => void): void;
}

export interface JsonRpcErrorObject {
  code: number;
  message: string;
  data?: unknown;
}

export interface JsonRpcClientOptions {
  onNotification: (method: string, params: Record<string, unknown>) => void;
  /** Called once, however the socket ended, unless `close()` ended it. */
  onClose: () => void;
  requestTimeoutMs?: number;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: GatewayError) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class JsonRpcClient {
  /** Messages that were neither a response to us nor a notification: counted, never thrown. */
  ignoredMessages = 0;

  readonly #socket: SocketLike;
  readonly #options: JsonRpcClientOptions;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closed = false;

  constructor(socket: SocketLike, options: JsonRpcClientOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.addEventListener('message', ({ data }) => this.#receive(data));
    socket.addEventListener('close', () => this.#lost());
    socket.addEventListener('error', () => this.#lost());
  }

  get pendingRequests(): number {
    return this.#pending.size;
  }

  /** Resolves with the `result`; rejects with `GatewayError` (the server's, `timeout`, or `signaling_lost`). */
  request<Result>(method: string, params: object): Promise<Result> {
    if (this.#closed) return Promise.reject(new GatewayError('signaling_lost'));
    const id = this.#nextId++;
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new GatewayError('timeout', { detail: `no answer to ${method}` }));
      }, this.#options.requestTimeoutMs ?? 10_000);
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject, timer });
      this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  /** Idempotent; pending requests are rejected with `cancelled`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rejectAll(new GatewayError('cancelled'));
    this.#socket.close(1000);
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    const message = parse(data);
    if (message === undefined) {
      this.ignoredMessages++;
    } else if (typeof message['method'] === 'string') {
      const params = message['params'];
      this.#options.onNotification(
        message['method'],
        typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {},
      );
    } else {
      this.#settle(message);
    }
  }

  #settle(message: Record<string, unknown>): void {
    const id = message['id'];
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined;
    if (pending === undefined) {
      this.ignoredMessages++;
      return;
    }
    this.#pending.delete(id as number);
    clearTimeout(pending.timer);
    const error = message['error'];
    if (typeof error === 'object' && error !== null)
      pending.reject(fromRpcError(error as JsonRpcErrorObject));
    else pending.resolve(message['result']);
  }

  #lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#rejectAll(new GatewayError('signaling_lost'));
    this.#options.onClose();
  }

  #rejectAll(error: GatewayError): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
  }
}

function parse(data: unknown): Record<string, unknown> | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
