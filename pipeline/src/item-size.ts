/** How large an item is: for limits of queues, and of what comes and goes over the network. */
import type { Item } from './item.js';

/** Bytes of samples or data; of values and events, the length of their JSON text. */
export function itemBytes(item: Item): number {
  switch (item.kind) {
    case 'audio':
      return item.planes.reduce((sum, plane) => sum + plane.byteLength, 0);
    case 'binary':
      return item.data.byteLength;
    case 'value':
      return JSON.stringify(item.value)?.length ?? 0;
    case 'event':
      return JSON.stringify(item.event).length + (item.audio ? itemBytes(item.audio) : 0);
  }
}
