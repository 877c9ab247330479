/** Cuts audio of any length into the frames of a graph, and puts what comes out together again. */
import type { AudioFormat } from '@remotemedia/native-dsp';
import type { AudioItem } from '../item.js';

export class FrameCutter {
  readonly #frameSamples: number;
  readonly #frame: Float32Array;
  #filled = 0;

  /** @param frame where frames go: planar, the graph's own input. */
  constructor(frame: Float32Array, channels: number) {
    this.#frame = frame;
    this.#frameSamples = frame.length / channels;
  }

  /** Samples that wait for more. */
  get pending(): number {
    return this.#filled;
  }

  /** Fills the frame from `from` on; returns where it stopped. The frame is complete where {@link isFull}. */
  fill(planes: readonly Float32Array[], from: number): number {
    const length = Math.min(planes[0]!.length - from, this.#frameSamples - this.#filled);
    for (const [channel, plane] of planes.entries()) {
      this.#frame.set(plane.subarray(from, from + length), channel * this.#frameSamples + this.#filled);
    }
    this.#filled += length;
    return from + length;
  }

  get isFull(): boolean {
    return this.#filled === this.#frameSamples;
  }

  /** The frame was run. */
  clear(): void {
    this.#filled = 0;
  }

  /** Completes the frame with silence. */
  pad(): void {
    for (let at = 0; at < this.#frame.length; at += this.#frameSamples) {
      this.#frame.fill(0, at + this.#filled, at + this.#frameSamples);
    }
    this.#filled = this.#frameSamples;
  }
}

/** Collects output frames, leaves out what the graph's delay put in front, and hands on what has come together. */
export class FrameCollector {
  readonly #format: AudioFormat;
  #skip: number;
  #position = 0;
  #planes: Float32Array[][] = [];

  constructor(format: AudioFormat, latencySamples: number) {
    this.#format = format;
    this.#skip = latencySamples;
    this.#clear();
  }

  /** Samples per channel since the beginning, those of the delay left out. */
  get total(): number {
    return this.#position + (this.#planes[0]?.reduce((sum, part) => sum + part.length, 0) ?? 0);
  }

  add(frame: Float32Array): void {
    const length = frame.length / this.#format.channels;
    const from = Math.min(this.#skip, length);
    this.#skip -= from;
    if (from === length) return;
    for (const [channel, parts] of this.#planes.entries()) {
      parts.push(frame.slice(channel * length + from, (channel + 1) * length));
    }
  }

  /** Leaves out what is more than so many samples in all, as far as it has not been taken. */
  trim(total: number): void {
    const excess = this.total - total;
    if (excess <= 0) return;
    this.#planes = this.#planes.map((parts) => {
      const whole = joined(parts);
      return [whole.subarray(0, Math.max(0, whole.length - excess))];
    });
  }

  /** What has come together since the last time; nothing where that is nothing. */
  take(): AudioItem | undefined {
    const planes = this.#planes.map(joined);
    const length = planes[0]?.length ?? 0;
    if (length === 0) return undefined;
    this.#clear();
    const mediaTimeSamples = this.#position;
    this.#position += length;
    return { kind: 'audio', planes, sampleRate: this.#format.sampleRate, mediaTimeSamples };
  }

  #clear(): void {
    this.#planes = Array.from({ length: this.#format.channels }, () => []);
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
