/**
 * The way out of a pipeline to one WebSocket. Whoever sends waits while more than half the limit is unsent, and with it the pipeline: nothing is
 * lost. A client that takes nothing for the whole patience is cut off.
 */

/** What is used of a WebSocket. */
export interface SendingSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array, done?: (error?: Error) => void): void;
}

export interface OutletOptions {
  readonly limitBytes: number;
  readonly patienceMs: number;
}

/** The client has taken nothing for too long. */
export class SlowClient extends Error {
  override readonly name = 'SlowClient';
}

const OPEN = 1;

export class Outlet {
  readonly #socket: SendingSocket;
  readonly #options: OutletOptions;

  constructor(socket: SendingSocket, options: OutletOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Resolves when the next may be sent. To a socket that is no longer open, nothing is sent. @throws SlowClient. */
  async send(data: string | Uint8Array): Promise<void> {
    if (this.#socket.readyState !== OPEN) return;
    if (this.#socket.bufferedAmount < this.#options.limitBytes / 2) this.#socket.send(data);
    else await this.#sendAndWait(data);
  }

  #sendAndWait(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      let unsent = Number.POSITIVE_INFINITY;
      const watch = setInterval(() => {
        const { bufferedAmount } = this.#socket;
        if (bufferedAmount < unsent) unsent = bufferedAmount;
        else settle(() => reject(new SlowClient('the client takes nothing')));
      }, this.#options.patienceMs / 2);
      const settle = (end: () => void) => {
        clearInterval(watch);
        end();
      };
      // Also called, with an error, where the socket is closed: what is told to nobody need not be told.
      this.#socket.send(data, () => settle(resolve));
    });
  }
}
