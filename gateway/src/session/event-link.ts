/**
 * Finds the data channel for a session's events: the one that the client opens with the label `events`, or one that we open when the
 * client has a data channel line and opens none. What clients write is counted and ignored: there are no commands yet.
 */
import type { RTCDataChannel } from 'werift';
import type { GuardedSctp } from '../werift/guarded-sctp.js';
import { EVENT_CHANNEL_LABEL, EventChannel } from './event-channel.js';
import type { SessionEvent } from './events.js';

/** A client that opens the channel itself does so with its first packets after the association. */
const OWN_CHANNEL_AFTER_MS = 500;
const FLUSH_POLL_MS = 5;

export class EventLink {
  readonly #events = new EventChannel();
  readonly #sctp: GuardedSctp;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Messages from the client that nothing here understands. */
  messagesIgnored = 0;

  constructor(sctp: GuardedSctp) {
    this.#sctp = sctp;
    sctp.onChannel((channel) => this.#adopt(channel));
    sctp.onConnected(() => {
      if (this.#closed || this.#events.attached) return;
      this.#timer = setTimeout(() => this.#openOwn(), OWN_CHANNEL_AFTER_MS);
    });
  }

  get dropped(): number {
    return this.#events.dropped;
  }

  /** The client negotiated no data channel. */
  disable(): void {
    this.#events.disable();
  }

  send(event: SessionEvent): void {
    this.#events.send(event);
  }

  /** Resolves when the client has acknowledged all events, or after `limitMs`. */
  async flushed(limitMs: number): Promise<void> {
    if (!this.#events.attached) return;
    const deadline = performance.now() + limitMs;
    // The association has no event for this; it lasts a round trip.
    do await new Promise((resolve) => setTimeout(resolve, FLUSH_POLL_MS));
    while (!this.#sctp.idle && performance.now() < deadline);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#events.disable();
  }

  #adopt(channel: RTCDataChannel): void {
    channel.onMessage.subscribe(() => {
      this.messagesIgnored++;
    });
    if (channel.label === EVENT_CHANNEL_LABEL) this.#use(channel);
  }

  #openOwn(): void {
    if (this.#closed || this.#events.attached) return;
    const channel = this.#sctp.open(EVENT_CHANNEL_LABEL);
    channel.onMessage.subscribe(() => {
      this.messagesIgnored++;
    });
    this.#use(channel);
  }

  #use(channel: RTCDataChannel): void {
    clearTimeout(this.#timer);
    if (channel.readyState === 'open') this.#events.attach(channel);
    channel.stateChange.subscribe((state) => {
      if (state === 'open') this.#events.attach(channel);
      else this.#events.detach(channel);
    });
  }
}
