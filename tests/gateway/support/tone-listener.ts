/** Listens for the tone of a microphone, and tells how loud it comes back. */
import type { LibwebrtcOptions } from './libwebrtc-client.js';
import { amplitudeOfTone } from './microphone.js';
import { until } from './werift-client.js';

/** Half a second, in frames of 10 ms. */
const FRAMES = 50;

export class ToneListener {
  readonly #heard: number[] = [];
  /** For a client to call. */
  readonly onAudio: NonNullable<LibwebrtcOptions['onAudio']> = (data) =>
    this.#heard.push(amplitudeOfTone(data));

  /** Half a second in a row near this level: what comes late on a busy machine, the client's jitter buffer fills as it likes. */
  comesAt(level: number, timeoutMs?: number): Promise<void> {
    const isNear = () => {
      const latest = this.#heard.slice(-FRAMES).sort((a, b) => a - b);
      return latest.length === FRAMES && Math.abs(latest[FRAMES / 2]! - level) < 0.15 * level + 100;
    };
    return until(
      isNear,
      () => `the tone comes back at ${level}; it is at ${this.#heard.slice(-5)}`,
      timeoutMs,
    );
  }
}
