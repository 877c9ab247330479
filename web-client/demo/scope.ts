/** Everything that moves: two waveforms with their meters and the voice activity chart, on one loop and one media clock. */
import type { SessionEvent } from '../src/index.js';
import { byId } from './dom.js';
import { FrameLoop } from './frame-loop.js';
import { MediaClock } from './media-clock.js';
import { Meter } from './meter.js';
import { createPalette } from './palette.js';
import { SpeechTimeline } from './speech-timeline.js';
import { VadChart } from './vad-chart.js';
import { Waveform } from './waveform.js';

/** A little more than the widest picture shows. */
const REMEMBER_MS = 20_000;

export class Scope {
  readonly #palette = createPalette(() => this.#recolour());
  readonly #inputWave = new Waveform(byId('input-wave', HTMLCanvasElement), this.#palette, 'input');
  readonly #outputWave = new Waveform(byId('output-wave', HTMLCanvasElement), this.#palette, 'output');
  readonly #inputMeter = new Meter(byId('input-meter', HTMLElement), byId('input-level', HTMLElement));
  readonly #outputMeter = new Meter(byId('output-meter', HTMLElement), byId('output-level', HTMLElement));
  readonly #chart = new VadChart(byId('vad-chart', HTMLElement), this.#palette);
  readonly #vadState = byId('vad-state', HTMLElement);
  /** What not every detector or pipeline gives is explained once there is some. */
  readonly #explained = {
    vad_probability: byId('legend-probability', HTMLElement),
    utterance: byId('legend-utterance', HTMLElement),
  };
  readonly #loop = new FrameLoop((nowMs) => this.#draw(nowMs));
  #timeline = new SpeechTimeline(REMEMBER_MS);
  #clock = new MediaClock();
  #looksForSpeech = false;

  /** Null when the pipeline has no voice activity node. */
  setThreshold(threshold: number | null): void {
    this.#looksForSpeech = threshold !== null;
    byId('vad-view', HTMLElement).hidden = threshold === null;
    byId('vad-empty', HTMLElement).hidden = threshold !== null;
    this.#chart.show(this.#timeline, threshold);
  }

  start(threshold: number | null): void {
    this.#timeline = new SpeechTimeline(REMEMBER_MS);
    this.#clock = new MediaClock();
    this.setThreshold(threshold);
    for (const entry of Object.values(this.#explained)) entry.hidden = true;
    for (const picture of [this.#inputWave, this.#outputWave, this.#inputMeter, this.#outputMeter])
      picture.clear();
    this.#loop.start();
  }

  /** The pictures stay as they are at that moment; only the needles fall. */
  stop(): void {
    this.#loop.stop();
    this.#inputMeter.clear();
    this.#outputMeter.clear();
    this.#showSpeech('–', false);
  }

  pushInput(samples: Float32Array, sampleRate: number): void {
    this.#inputWave.push(samples, sampleRate);
    this.#inputMeter.push(samples);
  }

  pushOutput(samples: Float32Array, sampleRate: number): void {
    this.#outputWave.push(samples, sampleRate);
    this.#outputMeter.push(samples);
  }

  addEvent(event: SessionEvent, nowMs: number): void {
    this.#clock.observe(event.detected_at_ms, nowMs);
    this.#timeline.add(event);
    if (event.type === 'vad_probability' || event.type === 'utterance')
      this.#explained[event.type].hidden = false;
    if (this.#timeline.timesMs.length > 0 || this.#timeline.regions.length > 0) {
      this.#showSpeech(this.#timeline.speaking ? 'Speech' : 'Silence', this.#timeline.speaking);
    }
  }

  #draw(nowMs: number): void {
    const regions = this.#looksForSpeech ? this.#timeline.regions : null;
    const pageTimeMs = (mediaMs: number) => this.#clock.pageTimeMs(mediaMs);
    this.#inputWave.draw(nowMs, regions, pageTimeMs);
    this.#outputWave.draw(nowMs, regions, pageTimeMs);
    this.#inputMeter.draw(nowMs);
    this.#outputMeter.draw(nowMs);
    const mediaTimeMs = this.#clock.mediaTimeMs(nowMs);
    if (mediaTimeMs !== undefined) this.#chart.draw(mediaTimeMs);
  }

  #showSpeech(text: string, speech: boolean): void {
    if (this.#vadState.textContent !== text) this.#vadState.textContent = text;
    this.#vadState.dataset['speech'] = String(speech);
  }

  #recolour(): void {
    this.#chart.recolour();
    if (!this.#loop.running) this.#draw(performance.now());
  }
}
