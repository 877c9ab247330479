/** What waits to be drained: bounded, the newest dropped and counted when full; the wake rings once for all of it. */
import type {
  PlaneBatch,
  PlaneClosed,
  PlaneDatagram,
  PlaneEvent,
  PlaneUtterance,
} from '@remotemedia/native-dsp';

const MAX_DATAGRAMS = 512;
const MAX_EVENTS = 4096;

export class Outbox {
  #batch = emptyBatch();
  #isRinging = false;
  readonly #wake: () => void;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** @returns false where it is full. */
  datagram(datagram: PlaneDatagram): boolean {
    const fits = this.#batch.datagrams.length < MAX_DATAGRAMS;
    if (fits) this.#batch.datagrams.push(datagram);
    return this.#ring(fits);
  }

  /** An event and the audio that belongs to it. @returns false where it is full. */
  event(event: PlaneEvent, utterance: PlaneUtterance | undefined): boolean {
    const fits = this.#batch.events.length < MAX_EVENTS;
    if (fits) this.#batch.events.push(event);
    if (fits && utterance) this.#batch.utterances.push(utterance);
    return this.#ring(fits);
  }

  closed(closed: PlaneClosed): void {
    this.#batch.closed.push(closed);
    this.#ring(true);
  }

  /** Takes everything; what concerns sessions that are closed concerns nobody. */
  drain(isOpen: (handle: number) => boolean): PlaneBatch {
    this.#isRinging = false;
    const { datagrams, events, utterances, closed, dropped } = this.#batch;
    this.#batch = emptyBatch();
    const lives = ({ handle }: { readonly handle: number }) => isOpen(handle);
    return {
      datagrams: datagrams.filter(lives),
      events: events.filter(lives),
      utterances: utterances.filter(lives),
      closed: closed.filter(lives),
      dropped,
    };
  }

  /** After what is readable now was read, so that a batch of datagrams is one wake. */
  #ring(fits: boolean): boolean {
    if (!fits) this.#batch.dropped++;
    if (!this.#isRinging) {
      this.#isRinging = true;
      setImmediate(this.#wake);
    }
    return fits;
  }
}

export function emptyBatch(): PlaneBatch {
  return { datagrams: [], events: [], utterances: [], closed: [], dropped: 0 };
}
