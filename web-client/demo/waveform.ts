/**
 * A scrolling waveform. Samples become peaks of 20 ms as they arrive; drawing joins peaks to bars on a fixed raster, so that a bar keeps
 * its height while it travels. Where speech is told apart it stands out from the rest.
 */
import { type Palette, translucent } from './palette.js';
import type { SpeechRegion } from './speech-timeline.js';

const SPAN_SECONDS = 8;
const PEAKS_PER_SECOND = 50;
/** One second more than is shown, for the bars that slide out. */
const CAPACITY = (SPAN_SECONDS + 1) * PEAKS_PER_SECOND;
const MIN_BAR_PITCH_PX = 4;

export class Waveform {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #palette: Palette;
  readonly #colour: 'input' | 'output';
  readonly #peaks = new Float32Array(CAPACITY);
  #count = 0;
  #current = 0;
  #filled = 0;
  #shownSeconds = 0;
  #lastDrawMs = 0;
  #regions: readonly SpeechRegion[] | null = null;
  #pageTimeMs: (mediaMs: number) => number | undefined = () => undefined;

  constructor(canvas: HTMLCanvasElement, palette: Palette, colour: 'input' | 'output') {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d')!;
    this.#palette = palette;
    this.#colour = colour;
    new ResizeObserver(() => this.#fit()).observe(canvas);
  }

  push(samples: Float32Array, sampleRate: number): void {
    const perPeak = sampleRate / PEAKS_PER_SECOND;
    for (const sample of samples) {
      const magnitude = Math.abs(sample);
      if (magnitude > this.#current) this.#current = magnitude;
      if (++this.#filled < perPeak) continue;
      this.#peaks[this.#count % CAPACITY] = this.#current;
      this.#count++;
      this.#current = 0;
      this.#filled = 0;
    }
  }

  clear(): void {
    this.#peaks.fill(0);
    this.#count = 0;
    this.#shownSeconds = 0;
    this.draw(0, null, () => undefined);
  }

  /**
   * `regions`: null when nobody looks for speech, then nothing is faint. `pageTimeMs` places media time on the clock that `nowMs` is of.
   */
  draw(
    nowMs: number,
    regions: readonly SpeechRegion[] | null,
    pageTimeMs: (mediaMs: number) => number | undefined,
  ): void {
    this.#regions = regions;
    this.#pageTimeMs = pageTimeMs;
    const { width, height } = this.#canvas;
    const context = this.#context;
    const ratio = devicePixelRatio;
    context.clearRect(0, 0, width, height);
    this.#advance(nowMs);

    const pixelsPerPeak = width / (SPAN_SECONDS * PEAKS_PER_SECOND);
    const perBar = Math.ceil((MIN_BAR_PITCH_PX * ratio) / pixelsPerPeak);
    const pitch = perBar * pixelsPerPeak;
    const end = this.#shownSeconds * PEAKS_PER_SECOND;
    const middle = height / 2;

    context.fillStyle = this.#palette.grid;
    context.fillRect(0, Math.round(middle), width, ratio);

    const inSpeech = (x: number) => {
      if (regions === null) return true;
      const atMs = nowMs - ((width - x) / width) * SPAN_SECONDS * 1000;
      return regions.some(({ startMs, endMs }) => {
        const from = pageTimeMs(startMs);
        const to = endMs === undefined ? nowMs : pageTimeMs(endMs);
        return from !== undefined && to !== undefined && atMs >= from && atMs <= to;
      });
    };

    const firstBar = Math.max(0, Math.floor((end - SPAN_SECONDS * PEAKS_PER_SECOND) / perBar));
    for (let bar = firstBar; bar * perBar < Math.min(end, this.#count); bar++) {
      const x = width - (end - bar * perBar) * pixelsPerPeak;
      const half = Math.max(ratio * 0.75, loudness(this.#barPeak(bar, perBar)) * (middle - ratio));
      context.fillStyle = inSpeech(x + pitch / 2)
        ? this.#palette[this.#colour]
        : translucent(this.#palette[this.#colour], 0.38);
      context.beginPath();
      context.roundRect(x, middle - half, pitch * 0.62, half * 2, pitch * 0.31);
      context.fill();
    }
  }

  #barPeak(bar: number, perBar: number): number {
    let peak = 0;
    const to = Math.min((bar + 1) * perBar, this.#count);
    for (let i = Math.max(bar * perBar, this.#count - CAPACITY); i < to; i++) {
      peak = Math.max(peak, this.#peaks[i % CAPACITY]!);
    }
    return peak;
  }

  /** Blocks arrive every 20 ms or so; the picture glides at the display's rate and is pulled gently to where the audio is. */
  #advance(nowMs: number): void {
    const target = this.#count / PEAKS_PER_SECOND;
    const elapsed = Math.min(0.1, Math.max(0, (nowMs - this.#lastDrawMs) / 1000));
    this.#lastDrawMs = nowMs;
    const next = this.#shownSeconds + elapsed;
    const error = target - next;
    this.#shownSeconds = Math.abs(error) > 0.3 ? target : Math.max(this.#shownSeconds, next + error * 0.1);
  }

  #fit(): void {
    const { width, height } = this.#canvas.getBoundingClientRect();
    this.#canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    this.#canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    // Resizing empties a canvas; without a running loop nothing else would paint it.
    this.draw(this.#lastDrawMs, this.#regions, this.#pageTimeMs);
  }
}

/** Speech at -30 dBFS should be seen, not guessed: a square root between linear and decibel. */
function loudness(peak: number): number {
  return Math.min(1, Math.sqrt(peak));
}
