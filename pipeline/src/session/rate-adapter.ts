/** Audio whose rate makes no whole 10 ms frames (22 050 Hz), at a rate that does: sample for sample in the same place. */
import type { RateConverter, RateConverterConstructor } from '@remotemedia/native-dsp';
import type { AudioItem } from '../item.js';

const LOWEST_HZ = 8000;
const HIGHEST_HZ = 192_000;
const FRAMES_PER_SECOND = 100;
/** Past this, multiplying the rate costs more than converting it to a common one. */
const LARGEST_FACTOR = 8;
const COMMON_HZ = 48_000;

/** The rate at which audio of `fromHz` goes into a graph: the same, a small multiple, or 48 kHz. */
export function graphRate(fromHz: number): number {
  const multiples = Array.from({ length: LARGEST_FACTOR }, (_, index) => fromHz * (index + 1));
  const fits = (hz: number) => hz >= LOWEST_HZ && hz <= HIGHEST_HZ && hz % FRAMES_PER_SECOND === 0;
  return multiples.find(fits) ?? COMMON_HZ;
}

export class RateAdapter {
  readonly toHz: number;
  readonly #fromHz: number;
  readonly #channels: number;
  readonly #converter: RateConverter;
  /** Samples in the converter's block. */
  #filled = 0;
  /** Samples of the filter's delay that are still to be left out. */
  #skip: number;
  #taken = 0;
  #given = 0;

  /** @throws NativeError `invalid_options` for rates and channels that cannot be converted. */
  constructor(Converter: RateConverterConstructor, fromHz: number, channels: number) {
    this.toHz = graphRate(fromHz);
    this.#fromHz = fromHz;
    this.#channels = channels;
    this.#converter = new Converter({ fromHz, toHz: this.toHz, channels });
    this.#skip = this.#converter.latencySamples;
  }

  /** What is ready with this audio: by a filter's delay less. */
  convert({ planes }: AudioItem): AudioItem {
    const length = planes[0]!.length;
    const blocks: Float32Array[][] = [];
    for (let at = 0; at < length; ) {
      const count = Math.min(this.#converter.inputSamples - this.#filled, length - at);
      for (const [channel, plane] of planes.entries()) {
        const to = channel * this.#converter.inputSamples + this.#filled;
        this.#converter.input.set(plane.subarray(at, at + count), to);
      }
      at += count;
      this.#filled += count;
      this.#taken += count;
      if (this.#filled === this.#converter.inputSamples) blocks.push(this.#block());
    }
    return this.#joined(blocks);
  }

  /** The rest, so that what came out lasts as long as what went in. */
  finish(): AudioItem {
    const blocks: Float32Array[][] = [];
    while (this.#given < this.#total) {
      const { input, inputSamples } = this.#converter;
      for (let channel = 0; channel < this.#channels; channel++) {
        input.fill(0, channel * inputSamples + this.#filled, (channel + 1) * inputSamples);
      }
      blocks.push(this.#block());
    }
    return this.#joined(blocks);
  }

  get #total(): number {
    return Math.round((this.#taken * this.toHz) / this.#fromHz);
  }

  #block(): Float32Array[] {
    this.#filled = 0;
    this.#converter.process();
    const { output, outputSamples } = this.#converter;
    const from = Math.min(this.#skip, outputSamples);
    this.#skip -= from;
    const to = Math.min(outputSamples, from + this.#total - this.#given);
    this.#given += to - from;
    return Array.from({ length: this.#channels }, (_, channel) =>
      output.slice(channel * outputSamples + from, channel * outputSamples + to),
    );
  }

  #joined(blocks: readonly Float32Array[][]): AudioItem {
    const length = blocks.reduce((sum, [plane]) => sum + plane!.length, 0);
    const planes = Array.from({ length: this.#channels }, (_, channel) => {
      const whole = new Float32Array(length);
      let at = 0;
      for (const block of blocks) {
        whole.set(block[channel]!, at);
        at += block[channel]!.length;
      }
      return whole;
    });
    return { kind: 'audio', planes, sampleRate: this.toHz };
  }
}
