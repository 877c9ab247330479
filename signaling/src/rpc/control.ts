/** The `control.*` methods of one socket: topics it listens to and speaks on, nodes it switches, audio it interrupts. They are about its session. */
import type { Session, Subscription, TopicMessage } from '@remotemedia/gateway';
import { fromBase64 } from '../base64.js';
import { RequestError } from '../errors.js';
import type { MethodParams, MethodResult, NotificationParams, PublishedPayload } from '../protocol/index.js';
import type { Outbox } from './outbox.js';

/** Topics of one session that a socket may listen to at once. */
const MAX_TOPICS = 64;

export class ControlDesk {
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly #topics = new Map<string, Subscription>();
  #session: Session | undefined;

  constructor(outbox: Outbox, now: () => number) {
    this.#outbox = outbox;
    this.#now = now;
  }

  /** The session that all of this is about, from now on; what was listened to belonged to the former one. */
  follow(session: Session | undefined): void {
    this.#session = session;
    for (const subscription of this.#topics.values()) subscription.close();
    this.#topics.clear();
  }

  subscribe({
    topic,
    include_audio = false,
  }: MethodParams<'control.subscribe'>): MethodResult<'control.subscribe'> {
    const session = this.#present();
    if (!this.#topics.has(topic) && this.#topics.size >= MAX_TOPICS)
      throw new RequestError('too_many_topics', `One socket listens to at most ${MAX_TOPICS} topics`);
    const tell = (message: TopicMessage) =>
      this.#outbox.notify('control.event', { topic, ...told(message), ts: this.#now() });
    const subscription = session.subscribe(topic, tell, { audio: include_audio });
    // Asked for once more: the new wish holds.
    this.#topics.get(topic)?.close();
    this.#topics.set(topic, subscription);
    return { subscribed: true, topic };
  }

  unsubscribe({ topic }: MethodParams<'control.unsubscribe'>): MethodResult<'control.unsubscribe'> {
    this.#present();
    const subscription = this.#topics.get(topic);
    subscription?.close();
    return { unsubscribed: this.#topics.delete(topic), topic };
  }

  async publish({
    topic,
    payload,
  }: MethodParams<'control.publish'>): Promise<MethodResult<'control.publish'>> {
    await this.#present().publish(topic, messageOf(payload));
    return { published: true, topic };
  }

  setNodeState({
    node_id,
    state,
  }: MethodParams<'control.set_node_state'>): MethodResult<'control.set_node_state'> {
    this.#present().setNodeState(node_id, state);
    return { success: true, node_id, state: STATES[state] };
  }

  async flushAudio(): Promise<MethodResult<'control.flush_audio'>> {
    return { flushed: true, frames_dropped: await this.#present().flushAudio() };
  }

  #present(): Session {
    if (!this.#session) throw new RequestError('no_session', 'Send peer.offer to the gateway first');
    return this.#session;
  }
}

/** States as the answer writes them. */
const STATES = { enabled: 'Enabled', bypass: 'Bypass', disabled: 'Disabled' } as const;

type Told = Pick<NotificationParams<'control.event'>, 'kind' | 'payload'>;

function told(message: TopicMessage): Told {
  switch (message.kind) {
    case 'json':
      return { kind: 'json', payload: message.value };
    case 'text':
      return { kind: 'text', payload: message.text };
    case 'binary':
      return {
        kind: 'binary',
        payload: { size: message.data.length, b64: Buffer.from(message.data).toString('base64') },
      };
    case 'audio': {
      const { samples, sampleRate, channels, mediaTimeSamples } = message;
      return {
        kind: 'audio',
        payload: {
          size: samples.length,
          sample_rate: sampleRate,
          channels,
          media_time_samples: mediaTimeSamples,
          samples_b64: interleavedBase64(samples, channels),
        },
      };
    }
  }
}

/** f32, little-endian as every platform that Node runs on. */
function interleavedBase64(planar: Float32Array, channels: number): string {
  const length = planar.length / channels;
  const samples =
    channels === 1
      ? planar
      : Float32Array.from(planar, (_, at) => planar[(at % channels) * length + Math.floor(at / channels)]!);
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
}

/** @throws RequestError `invalid_params` for what cannot have been meant. */
function messageOf(payload: PublishedPayload): Exclude<TopicMessage, { kind: 'audio' }> {
  if (typeof payload === 'string') return { kind: 'text', text: payload };
  const names = Object.keys(payload);
  const said = names.filter((name) => ['text', 'json', 'binary_b64'].includes(name));
  if (names.length === 0) throw unfit('is empty');
  if (said.length > 1) throw unfit(`has ${said.join(' and ')} at once`);
  // An object of the client's own, in which one of these words happens to be.
  if (said.length === 0 || names.length > 1) return { kind: 'json', value: payload };
  const { text, json, binary_b64: base64 } = payload;
  if (json !== undefined) return { kind: 'json', value: json };
  if (typeof text === 'string') return { kind: 'text', text };
  const data = typeof base64 === 'string' ? fromBase64(base64) : undefined;
  if (data) return { kind: 'binary', data };
  throw unfit(said[0] === 'text' ? 'has a text that is none' : 'has a binary_b64 that is not Base64');
}

function unfit(what: string): RequestError {
  const hint = 'Give one of { text: "…" }, { json: … } and { binary_b64: "…" }, or a bare text or object.';
  const complaint = { path: 'params.payload', code: 'invalid_payload', message: `The payload ${what}`, hint };
  return new RequestError('invalid_params', `${complaint.message}. ${hint}`, { complaints: [complaint] });
}
