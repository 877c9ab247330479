/**
 * One call as the page makes it: source, client and Web Audio put together, and taken apart again in one place. It draws nothing.
 */
import { GatewayClient, type GatewayClientEvents, GatewayError, type PipelineView } from '../src/index.js';
import type { AudioEngine } from './audio-engine.js';
import { FileSource } from './file-source.js';
import { MicrophoneSource } from './microphone-source.js';
import type { SourceForm } from './source-form.js';
import type { SamplesListener } from './tap.js';

export interface CallOptions {
  engine: AudioEngine;
  form: SourceForm;
  pipeline: PipelineView | undefined;
  onInput: SamplesListener;
  onOutput: SamplesListener;
  onPhase: (phase: GatewayClientEvents['phase']) => void;
  onEvent: (event: GatewayClientEvents['event']) => void;
  onSourceReady: (source: MicrophoneSource | FileSource) => void;
  onFileEnded: () => void;
  /** Once; after it nothing of the call is left. */
  onEnd: (error: GatewayError | null) => void;
}

export class Call {
  readonly client = new GatewayClient();
  readonly #options: CallOptions;
  readonly #abort = new AbortController();
  #source: MicrophoneSource | FileSource | undefined;
  #ended = false;

  constructor(options: CallOptions) {
    this.#options = options;
    this.client.on('phase', (phase) => {
      if (phase !== 'closed') options.onPhase(phase);
    });
    this.client.on('event', options.onEvent);
    this.client.on('stream', (stream) => options.engine.attachOutput(stream, options.onOutput));
    this.client.on('closed', ({ error }) => this.#end(error));
  }

  /** Everything that fails is reported by `onEnd`, nothing is thrown. */
  async start(): Promise<void> {
    const { engine, form, pipeline, onSourceReady, onInput } = this.#options;
    try {
      this.#options.onPhase('signaling');
      const file = form.kind === 'file' ? form.file : undefined;
      await engine.start();
      const source = file
        ? await FileSource.open(engine.context, file)
        : await MicrophoneSource.open(engine.context, form.microphone);
      if (this.#ended) {
        source.close();
        return;
      }
      this.#source = source;
      source.onended = () => this.#sourceEnded();
      onSourceReady(source);
      engine.attachInput(source.node, onInput);
      await this.client.connect({
        url: document.baseURI,
        stream: source.stream,
        signal: this.#abort.signal,
        ...(pipeline ? { pipeline: pipeline.name } : {}),
      });
      this.replay();
    } catch (error) {
      this.#end(
        error instanceof GatewayError
          ? error
          : new GatewayError('protocol', { detail: String(error), cause: error }),
      );
    }
  }

  /** Plays the file from its start; does nothing for a microphone. */
  replay(): void {
    if (this.#source instanceof FileSource) this.#source.play(this.#options.form.loop);
  }

  setLoop(loop: boolean): void {
    if (this.#source instanceof FileSource) this.#source.setLoop(loop);
  }

  end(): void {
    this.#end(null);
  }

  #sourceEnded(): void {
    if (this.#source instanceof FileSource) this.#options.onFileEnded();
    else this.#end(new GatewayError('microphone_lost'));
  }

  #end(error: GatewayError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.client.close();
    this.#abort.abort();
    // The engine lets go of the source's node before the source takes it down.
    void this.#options.engine.stop();
    this.#source?.close();
    this.#options.onEnd(error);
  }
}
