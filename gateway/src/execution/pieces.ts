/** Long audio, cut: the queues of a pipeline count items, so items must not be large; and others use the event loop, too. */
import type { Item } from '@remotemedia/pipeline';

const PIECE_MS = 200;

/** The item itself, where it is short. */
export function* piecesOf(item: Item): Generator<Item> {
  const length = item.kind === 'audio' ? (item.planes[0]?.length ?? 0) : 0;
  const piece = item.kind === 'audio' ? Math.max(1, Math.round((item.sampleRate * PIECE_MS) / 1000)) : 0;
  if (item.kind !== 'audio' || length <= piece) {
    yield item;
    return;
  }
  for (let from = 0; from < length; from += piece) {
    const planes = item.planes.map((plane) => plane.subarray(from, from + piece));
    const place = item.mediaTimeSamples;
    yield { ...item, planes, ...(place !== undefined && { mediaTimeSamples: place + from }) };
  }
}
