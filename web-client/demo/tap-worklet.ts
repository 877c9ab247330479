/**
 * Runs in the AudioWorklet: hands a copy of the first channel to the page in blocks of `BLOCK` frames, and passes nothing on. Copies are
 * allocated per block, not per render quantum, and change hands by transfer.
 */
const BLOCK = 1024;

// The worklet's globals are not part of TypeScript's DOM library.
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare const currentFrame: number;
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

class TapProcessor extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK);
  #filled = 0;
  #wanted = true;

  constructor() {
    super();
    // A processor that says it has more to do is never collected, so the page must be able to end it.
    this.port.onmessage = () => {
      this.#wanted = false;
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    // An input that is connected but silent may come without channels; time still passes.
    const frames = channel?.length ?? 128;
    let from = 0;
    while (from < frames) {
      const count = Math.min(frames - from, BLOCK - this.#filled);
      if (channel) this.#block.set(channel.subarray(from, from + count), this.#filled);
      this.#filled += count;
      from += count;
      if (this.#filled === BLOCK) this.#flush(currentFrame + from - BLOCK);
    }
    return this.#wanted;
  }

  #flush(startFrame: number): void {
    const samples = this.#block;
    this.#block = new Float32Array(BLOCK);
    this.#filled = 0;
    this.port.postMessage({ samples, startFrame }, [samples.buffer]);
  }
}

registerProcessor('tap', TapProcessor);
