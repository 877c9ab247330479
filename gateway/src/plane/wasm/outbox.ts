/** What waits to be drained: bounded, the newest dropped and counted when full; the wake rings once for all of it. */
import type {
  PlaneBatch,
  PlaneChunk,
  PlaneClosed,
  PlaneDatagram,
  PlaneEvent,
  PlaneFlushed,
  PlaneHostFrame,
  PlaneTap,
  PlaneUtterance,
} from '@remotemedia/native-dsp';

const MAX_DATAGRAMS = 512;
const MAX_EVENTS = 4096;
/** Frames of tapped nodes, and as many for nodes outside, of all sessions: a second of fifty. */
const MAX_FRAMES = 5000;

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
  event(event: PlaneEvent, utterance?: PlaneUtterance, chunk?: PlaneChunk): boolean {
    const fits = this.#batch.events.length < MAX_EVENTS;
    if (fits) this.#batch.events.push(event);
    else this.#batch.dropped++;
    if (fits && utterance) this.#batch.utterances.push(utterance);
    if (fits && chunk) this.#batch.chunks.push(chunk);
    this.#ring();
    return fits;
  }

  /** @returns false where it is full. */
  tap(tap: PlaneTap): boolean {
    const fits = this.#batch.taps.length < MAX_FRAMES;
    if (fits) this.#batch.taps.push(tap);
    this.#ring();
    return fits;
  }

  /** @returns false where it is full. */
  hostFrame(frame: PlaneHostFrame): boolean {
    const fits = this.#batch.hostFrames.length < MAX_FRAMES;
    if (fits) this.#batch.hostFrames.push(frame);
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
    const { dropped, ...lists } = this.#batch;
    this.#batch = emptyBatch();
    const living = <Entry extends { readonly handle: number }>(entries: Entry[]) =>
      entries.filter(({ handle }) => isOpen(handle));
    return {
      datagrams: living(lists.datagrams),
      events: living(lists.events),
      utterances: living(lists.utterances),
      chunks: living(lists.chunks),
      taps: living(lists.taps),
      hostFrames: living(lists.hostFrames),
      flushed: living(lists.flushed),
      closed: living(lists.closed),
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
  return {
    datagrams: [],
    events: [],
    utterances: [],
    chunks: [],
    taps: [],
    hostFrames: [],
    flushed: [],
    closed: [],
    dropped: 0,
  };
}
