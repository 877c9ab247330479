/** What waits to be drained: bounded, the newest dropped and counted when full; the wake rings once for all of it. */
import type {
  PlaneBatch,
  PlaneClosed,
  PlaneDatagram,
  PlaneEvent,
  PlaneFlushed,
  PlaneTap,
  PlaneUtterance,
} from '@remotemedia/native-dsp';

const MAX_DATAGRAMS = 512;
const MAX_EVENTS = 4096;
/** Frames of tapped nodes, of all sessions: a second of fifty. */
const MAX_TAPS = 5000;

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
    else this.#batch.dropped++;
    this.#ring();
    return fits;
  }

  /** An event and the audio that belongs to it. @returns false where it is full. */
  event(event: PlaneEvent, utterance: PlaneUtterance | undefined): boolean {
    const fits = this.#batch.events.length < MAX_EVENTS;
    if (fits) this.#batch.events.push(event);
    else this.#batch.dropped++;
    if (fits && utterance) this.#batch.utterances.push(utterance);
    this.#ring();
    return fits;
  }

  /** @returns false where it is full. */
  tap(tap: PlaneTap): boolean {
    const fits = this.#batch.taps.length < MAX_TAPS;
    if (fits) this.#batch.taps.push(tap);
    this.#ring();
    return fits;
  }

  flushed(flushed: PlaneFlushed): void {
    this.#batch.flushed.push(flushed);
    this.#ring();
  }

  closed(closed: PlaneClosed): void {
    this.#batch.closed.push(closed);
    this.#ring();
  }

  /** Takes everything; what concerns sessions that are closed concerns nobody. */
  drain(isOpen: (handle: number) => boolean): PlaneBatch {
    this.#isRinging = false;
    const { datagrams, events, utterances, taps, flushed, closed, dropped } = this.#batch;
    this.#batch = emptyBatch();
    const lives = ({ handle }: { readonly handle: number }) => isOpen(handle);
    return {
      datagrams: datagrams.filter(lives),
      events: events.filter(lives),
      utterances: utterances.filter(lives),
      taps: taps.filter(lives),
      flushed: flushed.filter(lives),
      closed: closed.filter(lives),
      dropped,
    };
  }

  /** After what is readable now was read, so that a batch of datagrams is one wake. */
  #ring(): void {
    if (this.#isRinging) return;
    this.#isRinging = true;
    setImmediate(this.#wake);
  }
}

export function emptyBatch(): PlaneBatch {
  return { datagrams: [], events: [], utterances: [], taps: [], flushed: [], closed: [], dropped: 0 };
}
