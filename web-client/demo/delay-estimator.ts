/**
 * How much later the output is heard than the input was spoken, found by sliding the loudness curve of one over the other. Loudness in
 * decibel, mean removed, so that gain control and denoising in between do not matter. It measures everything: browser, network, gateway,
 * jitter buffer.
 */
const HOP_SECONDS = 0.005;
const WINDOW = Math.round(5 / HOP_SECONDS);
const MAX_LAG = Math.round(1.5 / HOP_SECONDS);
const FLOOR_DB = -60;
/** Below this, two curves only look alike by chance. */
const MIN_CORRELATION = 0.7;
/** Steady noise or silence has no shape to match. */
const MIN_DEVIATION_DB = 6;

export class DelayEstimator {
  readonly #input: Envelope;
  readonly #output: Envelope;

  constructor(sampleRate: number) {
    this.#input = new Envelope(sampleRate, WINDOW + MAX_LAG + 100);
    this.#output = new Envelope(sampleRate, WINDOW + MAX_LAG + 100);
  }

  /** `startFrame`: position of the first sample on the clock that both signals share. */
  pushInput(samples: Float32Array, startFrame: number): void {
    this.#input.push(samples, startFrame);
  }

  pushOutput(samples: Float32Array, startFrame: number): void {
    this.#output.push(samples, startFrame);
  }

  /** Milliseconds, in steps of 5; null while there is too little to tell. Some 300 000 multiplications: ask about once a second. */
  estimateMs(): number | null {
    const end = Math.min(this.#input.end, this.#output.end);
    if (end - Math.max(this.#input.start, this.#output.start) < WINDOW + MAX_LAG) return null;
    const output = this.#output.read(end - WINDOW, WINDOW);
    const scale = centre(output);
    if (scale / Math.sqrt(WINDOW) < MIN_DEVIATION_DB) return null;
    let best = MIN_CORRELATION;
    let bestLag: number | null = null;
    for (let lag = 0; lag <= MAX_LAG; lag++) {
      const input = this.#input.read(end - WINDOW - lag, WINDOW);
      const inputScale = centre(input);
      if (inputScale === 0) continue;
      let product = 0;
      for (let i = 0; i < WINDOW; i++) product += input[i]! * output[i]!;
      const correlation = product / (scale * inputScale);
      if (correlation <= best) continue;
      best = correlation;
      bestLag = lag;
    }
    return bestLag === null ? null : bestLag * HOP_SECONDS * 1000;
  }
}

/** Loudness in dB per hop, in a ring, addressed by hop number since frame 0. */
class Envelope {
  /** First hop that holds a value, and the hop after the last. */
  start = -1;
  end = -1;
  readonly #hopFrames: number;
  readonly #ring: Float32Array;
  #energy = 0;

  constructor(sampleRate: number, hops: number) {
    this.#hopFrames = sampleRate * HOP_SECONDS;
    this.#ring = new Float32Array(hops).fill(FLOOR_DB);
  }

  push(samples: Float32Array, startFrame: number): void {
    if (this.start < 0) {
      this.start = Math.floor(startFrame / this.#hopFrames);
      this.end = this.start;
    }
    for (let i = 0; i < samples.length; i++) {
      const hop = Math.floor((startFrame + i) / this.#hopFrames);
      while (this.end < hop) this.#store();
      this.#energy += samples[i]! * samples[i]!;
    }
  }

  read(from: number, count: number): Float32Array {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = this.#ring[(from + i) % this.#ring.length]!;
    return values;
  }

  #store(): void {
    const meanSquare = this.#energy / this.#hopFrames;
    this.#energy = 0;
    this.#ring[this.end % this.#ring.length] = Math.max(FLOOR_DB, 10 * Math.log10(meanSquare + 1e-12));
    this.end++;
    this.start = Math.max(this.start, this.end - this.#ring.length);
  }
}

/** Removes the mean in place; returns the length of the vector that is left. */
function centre(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! - mean;
    values[i] = value;
    squares += value * value;
  }
  return Math.sqrt(squares);
}
