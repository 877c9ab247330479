/** What the parts of a running pipeline have in common. */
import type { NodeMetrics, PlannedPart } from '@remotemedia/native-dsp';
import type { NodeFailure } from '../external/external-node.js';
import type { Item } from '../item.js';

/** Items that may wait in front of a part. */
export const PART_QUEUE = 64;

/** Where a part puts what it has. */
export interface Outlet {
  /** Sends an item of a node to the nodes downstream that take it, and to the client where it is a result; resolves when there is room. */
  send(node: PlannedPart, item: Item): Promise<void> | undefined;
  /** Reports a failure, and ends the session where the node's policy says so. */
  fail(node: PlannedPart, failure: NodeFailure): Promise<void> | undefined;
}

export interface RunningPart {
  /** The nodes that it runs. */
  readonly nodeIds: readonly string[];
  /** Hands it an item; resolves when there is room for another. */
  put(nodeId: string, item: Item): Promise<void> | undefined;
  /** The pipeline's input, or a part that feeds this one, has ended. */
  feederEnded(feeder: RunningPart | undefined): void;
  /** Whether all its feeders have: it takes nothing any more. */
  readonly isEnded: boolean;
  /** Settles when everything that came in has gone through, or rejects with what ended it. */
  readonly done: Promise<void>;
  metrics(): NodeMetrics[];
  close(): Promise<void>;
}
