/**
 * The page's Web Audio graph: input and output tapped for pictures and recording, and one monitor bus that plays either of them.
 *
 *     input  ── tap ── delay ── raw gain ─┐
 *                                         ├── volume ── loudspeaker
 *     output ── tap ── processed gain ────┘
 *
 * The raw sound is delayed as much as the processed one is, so that switching compares the same moment.
 */
import { DelayEstimator } from './delay-estimator.js';
import { Recorder } from './recorder.js';
import { prepareTaps, type SamplesListener, tap } from './tap.js';

export type Listening = 'processed' | 'raw';

const RECORDING_SECONDS = 120;
/** Switching by ramp, or the step is heard as a click. */
const RAMP_SECONDS = 0.02;

export class AudioEngine {
  readonly context: AudioContext;
  readonly #rawDelay: DelayNode;
  readonly #raw: GainNode;
  readonly #processed: GainNode;
  readonly #volume: GainNode;
  readonly #remoteAudio: HTMLAudioElement;
  recorder: Recorder;
  #delays: DelayEstimator | undefined;
  #listening: Listening = 'processed';
  #detach: (() => void)[] = [];

  /** Create it in a click handler: before one, browsers start no audio (autoplay rules). */
  constructor(remoteAudio: HTMLAudioElement) {
    this.context = new AudioContext({ latencyHint: 'interactive' });
    this.#remoteAudio = remoteAudio;
    this.#raw = new GainNode(this.context, { gain: 0 });
    this.#processed = new GainNode(this.context, { gain: 1 });
    this.#volume = new GainNode(this.context, { gain: 0 });
    this.#rawDelay = new DelayNode(this.context, { maxDelayTime: 2 });
    this.#rawDelay.connect(this.#raw).connect(this.#volume);
    this.#processed.connect(this.#volume);
    this.#volume.connect(this.context.destination);
    this.recorder = new Recorder(this.context.sampleRate, RECORDING_SECONDS);
  }

  async start(): Promise<void> {
    // iOS: `resume` must begin inside the click, before anything is awaited.
    const resumed = this.context.resume();
    await Promise.all([resumed, prepareTaps(this.context)]);
    this.recorder = new Recorder(this.context.sampleRate, RECORDING_SECONDS);
  }

  attachInput(node: AudioNode, onSamples: SamplesListener): void {
    node.connect(this.#rawDelay);
    this.#delays = new DelayEstimator(this.context.sampleRate);
    const removeTap = tap(node, (samples, startFrame) => {
      this.#delays?.pushInput(samples, startFrame);
      onSamples(samples, startFrame);
    });
    this.#detach.push(removeTap, () => node.disconnect(this.#rawDelay));
  }

  attachOutput(stream: MediaStream, onSamples: SamplesListener): void {
    this.#remoteAudio.srcObject = stream;
    this.#remoteAudio.muted = true;
    // Rejected when the stream goes away before it plays: nothing to tell.
    void this.#remoteAudio.play().catch(() => undefined);
    const node = new MediaStreamAudioSourceNode(this.context, { mediaStream: stream });
    node.connect(this.#processed);
    const removeTap = tap(node, (samples, startFrame) => {
      this.recorder.push(samples);
      this.#delays?.pushOutput(samples, startFrame);
      onSamples(samples, startFrame);
    });
    this.#detach.push(removeTap, () => node.disconnect());
  }

  listenTo(listening: Listening): void {
    this.#listening = listening;
    this.#ramp(this.#raw.gain, listening === 'raw' ? 1 : 0);
    this.#ramp(this.#processed.gain, listening === 'processed' ? 1 : 0);
  }

  /** How much later the output is heard than the input was spoken; null while that is not known. Ask about once a second. */
  measureDelayMs(): number | null {
    const delayMs = this.#delays?.estimateMs() ?? null;
    // Not while it is heard: moving a delay line bends the pitch.
    if (delayMs !== null && this.#listening === 'processed') this.#rawDelay.delayTime.value = delayMs / 1000;
    return delayMs;
  }

  /** 0 to 1 on the slider; squared, because loudness is not linear. */
  setVolume(position: number): void {
    this.#ramp(this.#volume.gain, position * position);
  }

  /** Back to a silent, suspended context; the recording stays. */
  async stop(): Promise<void> {
    for (const detach of this.#detach.splice(0)) detach();
    this.#delays = undefined;
    this.#remoteAudio.srcObject = null;
    await this.context.suspend();
  }

  #ramp(parameter: AudioParam, value: number): void {
    parameter.setTargetAtTime(value, this.context.currentTime, RAMP_SECONDS / 3);
  }
}
