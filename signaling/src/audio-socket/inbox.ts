/**
 * What has come over a WebSocket and is not worked off yet. While more than a few messages wait, the socket is not read, and TCP tells the client
 * to wait.
 */

/** What is used of a WebSocket. */
export interface PausableSocket {
  pause(): void;
  resume(): void;
}

const HIGH_WATER = 8;

export class Inbox<Message> {
  readonly #socket: PausableSocket;
  readonly #work: (message: Message) => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting: Message[] = [];
  #isWorking = false;
  #isPaused = false;
  #isClosed = false;

  /** @param work called with one message at a time. */
  constructor(
    socket: PausableSocket,
    work: (message: Message) => Promise<void>,
    onFailure: (error: unknown) => void,
  ) {
    this.#socket = socket;
    this.#work = work;
    this.#onFailure = onFailure;
  }

  put(message: Message): void {
    if (this.#isClosed) return;
    this.#waiting.push(message);
    if (this.#waiting.length >= HIGH_WATER && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    }
    if (!this.#isWorking) void this.#workOff();
  }

  /** Forgets what waits, and takes no more. The socket is read again, so that it can say goodbye. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#resume();
  }

  async #workOff(): Promise<void> {
    this.#isWorking = true;
    try {
      for (let message = this.#waiting.shift(); message !== undefined; message = this.#waiting.shift()) {
        await this.#work(message);
        if (this.#waiting.length < HIGH_WATER / 2) this.#resume();
      }
    } catch (error) {
      this.close();
      this.#onFailure(error);
    } finally {
      this.#isWorking = false;
    }
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }
}
