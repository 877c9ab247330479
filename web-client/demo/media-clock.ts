/**
 * Places the session's media timeline on the page's clock. An event is sent the moment the media reached `detected_at_ms`, so the event
 * that travelled fastest shows the offset; the estimate leaks upward slowly, to follow a drifting clock.
 *
 * The timeline stands still while no audio is sent (a browser that has nothing to play into a track sends no packets). The clock then
 * stops a little after the newest event, and starts again with the next one.
 */
const LEAK_MS_PER_EVENT = 0.02;
/** More than the network delays an event, and more than there is between two events of a meter. */
const PAUSE_MS = 600;

export class MediaClock {
  #offsetMs: number | undefined;
  #newestMs = 0;

  observe(detectedAtMs: number, arrivedAtMs: number): void {
    const offsetMs = arrivedAtMs - detectedAtMs;
    const paused = this.#offsetMs !== undefined && offsetMs > this.#offsetMs + PAUSE_MS;
    this.#offsetMs =
      this.#offsetMs === undefined || paused
        ? offsetMs
        : Math.min(offsetMs, this.#offsetMs + LEAK_MS_PER_EVENT);
    this.#newestMs = Math.max(this.#newestMs, detectedAtMs);
  }

  /** Media time at page time `nowMs`; undefined before the first event. */
  mediaTimeMs(nowMs: number): number | undefined {
    return this.#offsetMs === undefined
      ? undefined
      : Math.min(nowMs - this.#offsetMs, this.#newestMs + PAUSE_MS);
  }

  pageTimeMs(mediaTimeMs: number): number | undefined {
    return this.#offsetMs === undefined ? undefined : mediaTimeMs + this.#offsetMs;
  }
}
