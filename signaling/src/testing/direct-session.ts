/** A `PipelineSession` on the synchronous pipelines: real results, a bounded queue, nothing asynchronous inside. */
import {
  type AudioItem,
  type Item,
  type JsonValue,
  NodeFailure,
  Pipeline,
  type PipelineMetrics,
  type PipelineOutput,
  type PipelineSession,
  ValuePipeline,
  validateManifest,
} from '@remotemedia/pipeline';

const QUEUE = 64;
type Run = (item: Item) => Item[];

export class DirectSession implements PipelineSession {
  readonly id = 'direct';
  readonly outputs: AsyncIterable<PipelineOutput>;
  readonly #text: string;
  #run: Run | undefined;
  #audio: Pipeline | undefined;
  readonly #queue: Item[] = [];
  #sequence = 0;
  #isEnded = false;
  #isClosed = false;
  #failure: unknown;
  #wakes: (() => void)[] = [];

  constructor(manifest: object) {
    this.#text = JSON.stringify(manifest);
    const result = validateManifest(this.#text);
    // Throws with all complaints.
    if (!result.ok || result.kind !== 'values') Pipeline.fromText(this.#text);
    this.outputs = this.#read();
  }

  async push(item: Item): Promise<void> {
    this.#run ??= item.kind === 'audio' ? this.#onAudio(item) : this.#onValues();
    try {
      this.#queue.push(...this.#run(item));
    } catch (error) {
      this.#failure = error;
      throw error;
    } finally {
      this.#tell();
    }
    while (this.#queue.length >= QUEUE && !this.#isClosed) await this.#changed();
  }

  async end(): Promise<void> {
    if (this.#audio) {
      const { events } = this.#audio.finish();
      this.#queue.push(...events.map((event) => ({ kind: 'event' as const, event })));
    }
    this.#isEnded = true;
    this.#tell();
  }

  getMetrics(): PipelineMetrics {
    return (
      this.#audio?.getMetrics() ??
      Pipeline.fromManifest({
        version: 'v1',
        metadata: { name: 'x' },
        nodes: [{ id: 'a', node_type: 'PassThrough' }],
        connections: [],
      }).getMetrics()
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#tell();
  }

  async *#read(): AsyncGenerator<PipelineOutput, void, undefined> {
    for (;;) {
      if (this.#isClosed) return;
      const item = this.#queue.shift();
      this.#tell();
      if (item)
        yield {
          nodeId: 'event' in item ? (item.event.node_id ?? '') : 'out',
          item,
          sequence: this.#sequence++,
        };
      else if (this.#failure) throw this.#failure;
      else if (this.#isEnded) return;
      else await this.#changed();
    }
  }

  #onValues(): Run {
    const pipeline = ValuePipeline.fromText(this.#text);
    return (item) => {
      if (item.kind !== 'value')
        throw new NodeFailure('invalid_input', 'not_a_value', `takes values, not ${item.kind}`);
      return [pipeline.execute([item.value])].map(
        ({ outputs }): Item => ({ kind: 'value', value: outputs as JsonValue }),
      );
    };
  }

  #onAudio({ sampleRate, planes }: AudioItem): Run {
    const format = { sampleRate, channels: planes.length };
    const audio = Pipeline.fromText(this.#text, { format });
    this.#audio = audio;
    return (item) => {
      if (item.kind !== 'audio')
        throw new NodeFailure('invalid_input', 'not_audio', `takes audio, not ${item.kind}`);
      const result = audio.run(item.planes);
      const events = result.events.map((event): Item => ({ kind: 'event', event }));
      if (!audio.outputFormat) return events;
      return [{ kind: 'audio', planes: result.planes, sampleRate: audio.outputFormat.sampleRate }, ...events];
    };
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wakes.push(resolve));
  }

  #tell(): void {
    for (const wake of this.#wakes.splice(0)) wake();
  }
}
