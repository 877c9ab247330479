/**
 * The events of one session in the order that its client reads them: numbers them, completes them, and passes each to the data channel
 * and to the listeners. Made by a session.
 */
import type { JsonObject } from '@remotemedia/pipeline';
import type { EventLink } from './event-link.js';
import type { NodeEvent, SessionEvent } from './events.js';
import type { UtteranceStore } from './utterance-store.js';

/** Sessions' media timeline. */
const MEDIA_SAMPLE_RATE = 48_000;

export class EventJournal {
  readonly #sessionId: string;
  readonly #link: EventLink;
  readonly #utterances: UtteranceStore;
  readonly #tell: (event: SessionEvent) => void;
  #sequence = 0;
  #ended = false;

  constructor(
    sessionId: string,
    link: EventLink,
    utterances: UtteranceStore,
    tell: (event: SessionEvent) => void,
  ) {
    this.#sessionId = sessionId;
    this.#link = link;
    this.#utterances = utterances;
    this.#tell = tell;
  }

  /** An event of a node, as the engine wrote it. */
  node(event: NodeEvent): void {
    if (event.type === 'utterance') this.#publish({ ...event, url: this.#audioOf(event) });
    else if (event.type === 'audio_evidence')
      this.#publish({ ...event, url: event['has_audio'] ? this.#audioOf(event) : null });
    else this.#publish(event);
  }

  /** What a node outside the graph said, at a time on the media timeline; times that it states are kept. */
  outside(nodeId: string, mediaTimeMs: number, fields: JsonObject & { readonly type: string }): void {
    this.#publish({ ...timesAt(mediaTimeMs), ...fields, node_id: nodeId });
  }

  /** Where the audio of an event is, relative to the server. */
  #audioOf(event: NodeEvent): string {
    const number = this.#utterances.number(String(event.node_id), Number(event['index']));
    return `/api/v1/sessions/${this.#sessionId}/utterances/${number}.wav`;
  }

  /** An event of the session itself, in the shape of a node's. */
  own(type: 'session_started' | 'session_closed', mediaTimeMs: number, fields: object): void {
    this.#publish({ type, node_id: null, ...timesAt(mediaTimeMs), ...fields });
  }

  #publish({ type, ...rest }: NodeEvent): void {
    // `session_closed` is the last: what the graph still finds while the client is told is not of this session.
    if (this.#ended) return;
    this.#ended = type === 'session_closed';
    const event: SessionEvent = { type, seq: this.#sequence++, session_id: this.#sessionId, ...rest };
    this.#link.send(event);
    this.#tell(event);
  }
}

/** The times of an event that is noticed when it happens. */
function timesAt(mediaTimeMs: number) {
  return {
    media_time_samples: Math.round((mediaTimeMs * MEDIA_SAMPLE_RATE) / 1000),
    sample_rate: MEDIA_SAMPLE_RATE,
    media_time_ms: mediaTimeMs,
    detected_at_ms: mediaTimeMs,
    detection_delay_ms: 0,
  };
}
