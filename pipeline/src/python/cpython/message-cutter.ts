/** Cuts the stream of bytes that a process writes into messages, each in memory of its own, so that floats in it are aligned. */
import { MAX_MESSAGE_BYTES, PREFIX_BYTES } from '../../guest/envelope.js';

export class MessageCutter {
  readonly #prefix = new Uint8Array(PREFIX_BYTES);
  #filled = 0;
  /** Undefined until the prefix has come. */
  #message: Uint8Array<ArrayBuffer> | undefined;

  constructor(private readonly emit: (message: Uint8Array<ArrayBuffer>) => void) {}

  /** @throws Error for a length that no message has: the stream is of no use any more. */
  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const target: Uint8Array = this.#message ?? this.#prefix;
      const taken = rest.subarray(0, target.length - this.#filled);
      target.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#filled < target.length) return;
      if (this.#message === undefined) this.#begin();
      if (this.#message !== undefined && this.#filled === this.#message.length) this.#finish(this.#message);
    }
  }

  #begin(): void {
    const length = new DataView(this.#prefix.buffer).getUint32(0, true);
    if (length < PREFIX_BYTES || length > MAX_MESSAGE_BYTES)
      throw new Error(`a message cannot have ${length} bytes`);
    this.#message = new Uint8Array(length);
    this.#message.set(this.#prefix);
  }

  #finish(message: Uint8Array<ArrayBuffer>): void {
    this.#message = undefined;
    this.#filled = 0;
    this.emit(message);
  }
}
