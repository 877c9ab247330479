/** A pipeline session that does what a test says: no runtime, no time. */
import type { PipelineTotal } from '@remotemedia/native-dsp';
import type {
  Item,
  PipelineMetrics,
  PipelineOutput,
  PipelineSession,
  PipelineTotals,
} from '@remotemedia/pipeline';

export class ScriptedPipeline implements PipelineSession {
  readonly id = 'scripted';
  readonly pushed: { item: Item; nodeId: string | undefined }[] = [];
  closes = 0;
  isEnded = false;
  /** What `push` does after it has noted the item; default: it comes out again. */
  onPush: (item: Item) => void | Promise<void> = (item) => this.emit(item);
  #queue: PipelineOutput[] = [];
  #failure: unknown;
  #sequence = 0;
  #wake: () => void = () => {};

  emit(item: Item, nodeId = 'node'): void {
    this.#queue.push({ nodeId, item, sequence: this.#sequence++ });
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure = error;
    this.#wake();
  }

  async push(item: Item, nodeId?: string): Promise<void> {
    this.pushed.push({ item, nodeId });
    await this.onPush(item);
  }

  async flush(): Promise<number> {
    return this.#sequence;
  }

  async end(): Promise<void> {
    this.isEnded = true;
    this.#wake();
  }

  readonly outputs: AsyncIterable<PipelineOutput> = this.#read();

  async *#read(): AsyncGenerator<PipelineOutput, void, undefined> {
    for (;;) {
      const next = this.#queue.shift();
      if (next) yield next;
      else if (this.#failure) throw this.#failure;
      else if (this.isEnded || this.closes > 0) return;
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  getMetrics(): PipelineMetrics {
    return { total_executions: this.pushed.length } as PipelineMetrics;
  }

  /** What its graph has cost so far. */
  total: Omit<PipelineTotal, 'pipeline'> | undefined;

  totals(pipeline: string | null): PipelineTotals {
    return { pipelines: this.total ? [{ pipeline, ...this.total }] : [], calls: [] };
  }

  async close(): Promise<void> {
    this.closes += 1;
    this.#wake();
  }
}
