/** The small form of a node on audio: one frame in, one frame out, at once. */
import type { Item } from '../item.js';
import type { ExternalNode, NodeContext, NodeOutput } from './external-node.js';

/** Where a frame stands. */
export interface FrameInfo {
  /** Hz. */
  readonly sampleRate: number;
  /** Of the first sample. */
  readonly mediaTimeSamples: number;
}

export interface FrameNode {
  /**
   * @param planes 10 ms, one per channel, f32 in -1..1: the node's own, which may be changed in place.
   * @returns the planes to play instead, as long as those; nothing where they were changed in place.
   */
  frame(planes: readonly Float32Array[], info: FrameInfo): readonly Float32Array[] | undefined;
  /** What comes besides audio: events of nodes upstream. */
  item?(item: Exclude<Item, { kind: 'audio' }>, context: NodeContext): NodeOutput | Promise<NodeOutput>;
  close?(): void | Promise<void>;
}

/**
 * What `create` of the node type `type` gave, as a node on items.
 * @throws TypeError where it is no node.
 */
export function nodeOnItems(type: string, node: ExternalNode | FrameNode): ExternalNode {
  const given: { frame?: unknown; process?: unknown } = node ?? {};
  if (typeof given.frame === 'function') return frameNode(node as FrameNode);
  if (typeof given.process === 'function') return node as ExternalNode;
  throw new TypeError(`create of ${type} has to return an object with the method \`process\` or \`frame\``);
}

/** A node on frames as a node on items. It never waits, so neither does the graph. */
function frameNode(node: FrameNode): ExternalNode {
  let nextSamples = 0;
  return {
    process(item, context) {
      if (item.kind !== 'audio') return node.item?.(item, context);
      const mediaTimeSamples = item.mediaTimeSamples ?? nextSamples;
      nextSamples = mediaTimeSamples + (item.planes[0]?.length ?? 0);
      // A copy: others may hear the same item, and it goes around the node as it was should that fail.
      const own = item.planes.map((plane) => plane.slice());
      const planes = node.frame(own, { sampleRate: item.sampleRate, mediaTimeSamples });
      return { kind: 'audio', planes: planes ?? own, sampleRate: item.sampleRate, mediaTimeSamples };
    },
    close: () => node.close?.(),
  };
}
