/** What a client of libwebrtc says and hears. */
import type { AudioData, LibwebrtcClient } from './libwebrtc-client.js';

const FRAME = 480;
export const RATE = 48_000;

/** Pushes samples into a client's microphone, 10 ms every 10 ms. */
export class Microphone {
  readonly #timer: NodeJS.Timeout;
  /** Samples given so far. */
  position = 0;

  constructor(client: LibwebrtcClient, sample: (index: number) => number) {
    const started = performance.now();
    this.#timer = setInterval(() => {
      while (this.position < ((performance.now() - started) * RATE) / 1000) {
        const samples = Int16Array.from({ length: FRAME }, (_, i) => sample(this.position + i));
        client.source.onData({ samples, sampleRate: RATE, channelCount: 1, numberOfFrames: FRAME });
        this.position += FRAME;
      }
    }, 10);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** 1 kHz. */
export const tone = (index: number) => Math.round(8000 * Math.sin((2 * Math.PI * 1000 * index) / RATE));

/** Amplitude of 1 kHz in one channel of 10 ms: ten whole periods. */
export function amplitudeOfTone({ samples, sampleRate, channelCount, numberOfFrames }: AudioData): number {
  let cosine = 0;
  let sine = 0;
  for (let i = 0; i < numberOfFrames; i++) {
    const angle = (2 * Math.PI * 1000 * i) / sampleRate;
    cosine += samples[i * channelCount]! * Math.cos(angle);
    sine += samples[i * channelCount]! * Math.sin(angle);
  }
  return (2 * Math.hypot(cosine, sine)) / numberOfFrames;
}
