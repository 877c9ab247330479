/**
 * Places the session's media timeline on the page's clock. An event is sent the moment the media reached `detected_at_ms`, so the event
 * that travelled fastest shows the offset; the estimate leaks upward slowly, to follow a drifting clock.
 */
const LEAK_MS_PER_EVENT = 0.02;

export class MediaClock {
  #offsetMs: number | undefined;

  observe(detectedAtMs: number, arrivedAtMs: number): void {
    const offsetMs = arrivedAtMs - detectedAtMs;
    this.#offsetMs =
      this.#offsetMs === undefined ? offsetMs : Math.min(offsetMs, this.#offsetMs + LEAK_MS_PER_EVENT);
  }

  /** Media time at page time `nowMs`; undefined before the first event. */
  mediaTimeMs(nowMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : nowMs - this.#offsetMs;
  }

  pageTimeMs(mediaTimeMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : mediaTimeMs + this.#offsetMs;
  }
}
