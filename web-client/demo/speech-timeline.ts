/** What the page remembers of voice activity: probabilities, regions of speech, utterances; all on media time, older ones forgotten. */
import type { SessionEvent } from '../src/index.js';

export interface SpeechRegion {
  startMs: number;
  /** Undefined while speech goes on. */
  endMs: number | undefined;
}

export interface UtteranceMark {
  startMs: number;
  endMs: number;
  index: number;
}

export class SpeechTimeline {
  readonly timesMs: number[] = [];
  readonly probabilities: number[] = [];
  readonly regions: SpeechRegion[] = [];
  readonly utterances: UtteranceMark[] = [];
  /** Grows with every probability, so that a chart knows when to take the data anew. */
  version = 0;
  readonly #spanMs: number;

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  get speaking(): boolean {
    const last = this.regions.at(-1);
    return last !== undefined && last.endMs === undefined;
  }

  add(event: SessionEvent): void {
    const timeMs = event.media_time_ms;
    if (event.type === 'vad_probability') {
      this.timesMs.push(timeMs);
      this.probabilities.push(event.probability);
      this.version++;
    } else if (event.type === 'speech_started') {
      this.regions.push({ startMs: timeMs, endMs: undefined });
    } else if (event.type === 'speech_stopped') {
      const open = this.regions.at(-1);
      if (open && open.endMs === undefined) open.endMs = timeMs;
    } else if (event.type === 'speech_misfire') {
      if (this.speaking) this.regions.pop();
    } else if (event.type === 'utterance') {
      this.utterances.push({ startMs: timeMs, endMs: timeMs + event.duration_ms, index: event.index });
    }
    this.#forget(event.detected_at_ms - this.#spanMs);
  }

  #forget(beforeMs: number): void {
    const stale = this.timesMs.findIndex((timeMs) => timeMs >= beforeMs);
    if (stale > 200) {
      this.timesMs.splice(0, stale);
      this.probabilities.splice(0, stale);
    }
    while (this.regions[0]?.endMs !== undefined && this.regions[0].endMs < beforeMs) this.regions.shift();
    while (this.utterances[0] && this.utterances[0].endMs < beforeMs) this.utterances.shift();
  }
}
