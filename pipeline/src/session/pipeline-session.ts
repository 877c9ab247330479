/**
 * A running pipeline, the same under every transport and in the browser: items go in, items come out, in order. Made by
 * `Pipeline.session()`; whoever makes one closes it.
 */

import type { PipelineMetrics } from '@remotemedia/native-dsp';
import type { Item } from '../item.js';
import type { PipelineTotals } from './pipeline-totals.js';

/** One result, and which node gave it. */
export interface PipelineOutput {
  readonly nodeId: string;
  readonly item: Item;
  /** Counts the outputs of the session from 0. */
  readonly sequence: number;
}

export interface PipelineSession {
  readonly id: string;
  /**
   * Hands an item to the pipeline's inputs (or to one node). Resolves when there is room for the next: awaiting it is the back-pressure.
   * @throws NodeFailure `invalid_input` for what the pipeline cannot take; the reason for which the session closed.
   */
  push(item: Item, nodeId?: string): Promise<void>;
  /**
   * Ends what is open in the audio, such as speech, as a pause would; what is pushed later goes on. Resolves when all audio pushed before has gone
   * through, to how many outputs the session had given by then. Nodes outside the audio may still be at work.
   */
  flush(): Promise<number>;
  /** The input is over; `outputs` ends after the last result. Idempotent. */
  end(): Promise<void>;
  /** Results in order, also those of nodes marked `is_output_node`; one reader. Throws what ended the session early. */
  readonly outputs: AsyncIterable<PipelineOutput>;
  getMetrics(): PipelineMetrics;
  /**
   * The same in the shape in which many sessions are added up; only grows.
   * @param pipeline the name by which its operator knows it; null where the manifest is a client's: nodes then go by their types.
   */
  totals(pipeline: string | null): PipelineTotals;
  /** Stops at once and frees everything. Idempotent. */
  close(): Promise<void>;
}
