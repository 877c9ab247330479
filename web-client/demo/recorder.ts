/** Keeps the last `seconds` of a mono signal, dropping the oldest block when full. */
import { encodeWav } from './wav.js';

export class Recorder {
  readonly #maxFrames: number;
  readonly #sampleRate: number;
  #blocks: Float32Array[] = [];
  #frames = 0;

  constructor(sampleRate: number, seconds: number) {
    this.#sampleRate = sampleRate;
    this.#maxFrames = sampleRate * seconds;
  }

  get seconds(): number {
    return this.#frames / this.#sampleRate;
  }

  push(samples: Float32Array): void {
    this.#blocks.push(samples);
    this.#frames += samples.length;
    while (this.#frames > this.#maxFrames) this.#frames -= this.#blocks.shift()!.length;
  }

  toWav(): Uint8Array<ArrayBuffer> {
    return encodeWav(this.#blocks, this.#sampleRate);
  }
}
