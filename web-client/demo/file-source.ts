/** An audio file as a live track: decoded once, played through Web Audio into a MediaStream, in a loop if wanted. */
import { GatewayError } from '../src/index.js';

export class FileSource {
  readonly stream: MediaStream;
  /** For taps and for listening to the raw sound. */
  readonly node: AudioNode;
  readonly #destination: MediaStreamAudioDestinationNode;
  readonly #gate: GainNode;
  readonly #silence: ConstantSourceNode;
  readonly #buffer: AudioBuffer;
  #player: AudioBufferSourceNode | undefined;
  onended: () => void = () => undefined;

  private constructor(context: AudioContext, buffer: AudioBuffer) {
    this.#buffer = buffer;
    // The gateway works on voice: one channel, mixed down by Web Audio's own rules.
    this.#gate = new GainNode(context, { channelCount: 1, channelCountMode: 'explicit' });
    this.#destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    this.#gate.connect(this.#destination);
    // Chromium sends no packets for a track that no source feeds: between two plays there is silence, as from a microphone.
    this.#silence = new ConstantSourceNode(context, { offset: 0 });
    this.#silence.connect(this.#gate);
    this.#silence.start();
    this.node = this.#gate;
    this.stream = this.#destination.stream;
  }

  static async open(context: AudioContext, file: File): Promise<FileSource> {
    try {
      return new FileSource(context, await context.decodeAudioData(await file.arrayBuffer()));
    } catch (cause) {
      throw new GatewayError('file_unreadable', { detail: `${file.name}: ${String(cause)}`, cause });
    }
  }

  play(loop: boolean): void {
    this.#stopPlayer();
    const player = new AudioBufferSourceNode(this.#gate.context, { buffer: this.#buffer, loop });
    player.onended = () => {
      if (this.#player === player) this.onended();
    };
    player.connect(this.#gate);
    player.start();
    this.#player = player;
  }

  setLoop(loop: boolean): void {
    if (this.#player) this.#player.loop = loop;
  }

  close(): void {
    this.#stopPlayer();
    this.#silence.stop();
    this.#silence.disconnect();
    this.#gate.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
  }

  #stopPlayer(): void {
    const player = this.#player;
    this.#player = undefined;
    player?.stop();
    player?.disconnect();
  }
}
