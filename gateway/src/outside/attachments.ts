/** Audio that came up ahead of the event that it belongs to. Bounded: what no event asks for soon was dropped with its event. */
import type { AudioItem } from '@remotemedia/pipeline';
import type { NodeEvent } from '../session/events.js';

const MAX_KEPT = 16;

export class Attachments {
  readonly #kept = new Map<string, AudioItem>();

  keep(nodeId: string, index: number, audio: AudioItem): void {
    this.#kept.set(`${nodeId}\n${index}`, audio);
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
  }

  take(event: NodeEvent): AudioItem | undefined {
    const key = `${event.node_id}\n${event['index']}`;
    const audio = this.#kept.get(key);
    this.#kept.delete(key);
    return audio;
  }
}
