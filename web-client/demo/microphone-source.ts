/** The microphone as a source of the page: opened with the chosen switches, connected to Web Audio, watched for being unplugged. */
import { appliedSettings, type MicrophoneOptions, openMicrophone } from '../src/index.js';

export class MicrophoneSource {
  readonly stream: MediaStream;
  readonly node: AudioNode;
  /** The device went away (it was not `close`). */
  onended: () => void = () => undefined;

  private constructor(context: AudioContext, stream: MediaStream) {
    this.stream = stream;
    this.node = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
    this.#track.onended = () => this.onended();
  }

  static async open(context: AudioContext, options: MicrophoneOptions): Promise<MicrophoneSource> {
    return new MicrophoneSource(context, await openMicrophone(options));
  }

  /** What the browser really does with the sound before we get it, as a sentence. */
  describe(): string {
    const applied = appliedSettings(this.#track);
    const state = (value: boolean | undefined) => (value === undefined ? 'unknown' : value ? 'on' : 'off');
    return [
      applied.label || 'Microphone',
      `echo cancellation ${state(applied.echoCancellation)}`,
      `noise suppression ${state(applied.noiseSuppression)}`,
      `automatic gain ${state(applied.autoGainControl)}`,
      ...(applied.sampleRate ? [`${applied.sampleRate / 1000} kHz`] : []),
    ].join(' · ');
  }

  close(): void {
    this.node.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
  }

  get #track(): MediaStreamTrack {
    return this.stream.getAudioTracks()[0]!;
  }
}
