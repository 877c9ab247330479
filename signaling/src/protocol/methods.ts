/**
 * Requests of the WebSocket at `/ws` and their results, in the names and fields of the RemoteMedia SDK's
 * protocol. `pipeline` and `manifest` of `peer.offer` are this gateway's additions.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Nullable, OneOf, PeerId, SERVER_PEER_ID } from './schema.js';

const Sdp = Type.String({ minLength: 1, description: 'Session description, RFC 8866' });
/** Methods that need no parameters take none, `{}` or anything else in an object. */
const NoParams = Type.Object({});

const PeerView = Type.Object({
  peer_id: PeerId,
  capabilities: Type.Array(Type.String()),
  metadata: Type.Unknown({ description: 'user_data of the announcement' }),
  connected_at: Type.Integer({ description: 'Unix time, seconds' }),
});
export type PeerView = Static<typeof PeerView>;

const Announce = {
  params: Type.Object({
    peer_id: PeerId,
    capabilities: Type.Array(Type.String({ maxLength: 32 }), {
      maxItems: 16,
      description: 'audio, video, data',
    }),
    user_data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
  result: Type.Object({
    success: Type.Literal(true),
    peer_id: PeerId,
    peers_count: Type.Integer({ description: 'Announced peers, this one included' }),
    other_peers: Type.Array(PeerId),
  }),
};

/** Answer of whoever only passes something on. */
const Forwarded = Type.Object({ success: Type.Literal(true), to_peer_id: PeerId });
/** The gateway's answer to an offer. */
const Answered = Type.Object({
  type: Type.Literal('answer'),
  sdp: Sdp,
  from: Type.Literal(SERVER_PEER_ID),
  to: PeerId,
  session_id: Type.String({ description: 'For /api/v1/sessions/{id}' }),
});

const Offer = {
  params: Type.Object({
    from: PeerId,
    to: PeerId,
    sdp: Sdp,
    pipeline: Type.Optional(
      Type.String({ description: 'Name of a pipeline; the configured default if absent' }),
    ),
    manifest: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Inline manifest v1' }),
    ),
  }),
  result: Type.Union([Answered, Forwarded]),
};

const Answer = { params: Type.Object({ from: PeerId, to: PeerId, sdp: Sdp }), result: Forwarded };

const Candidate = {
  params: Type.Object({
    from: PeerId,
    to: PeerId,
    candidate: Type.String({ maxLength: 1024, description: 'Empty: no more candidates will come' }),
    sdp_mid: Type.Optional(Nullable(Type.String({ maxLength: 64 }))),
    sdp_m_line_index: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 255 }))),
  }),
  result: Forwarded,
};

const Disconnect = {
  params: Type.Object({ peer_id: PeerId, reason: Type.Optional(Type.String({ maxLength: 256 })) }),
  result: Type.Object({ success: Type.Literal(true), peer_id: PeerId }),
};

const List = {
  params: NoParams,
  result: Type.Object({ peers: Type.Array(PeerView), count: Type.Integer() }),
};

const ServerInfo = {
  params: NoParams,
  result: Type.Object({
    addresses: Type.Array(Type.Object({ ip: Type.String(), is_default: Type.Boolean() })),
    hostname: Type.String(),
  }),
};

const OutputTopic = Type.String({
  minLength: 1,
  maxLength: 256,
  description:
    'A node of the session and `out`: `vad.out`, or `vad.out.speech_started` for one type of event',
});

const Subscribe = {
  params: Type.Object({
    topic: OutputTopic,
    include_audio: Type.Optional(
      Type.Boolean({ description: 'Also the audio that the node gives, in frames of 10 ms' }),
    ),
  }),
  result: Type.Object({ subscribed: Type.Literal(true), topic: Type.String() }),
};

const Unsubscribe = {
  params: Type.Object({ topic: OutputTopic }),
  result: Type.Object({
    unsubscribed: Type.Boolean({ description: 'Whether this topic was listened to' }),
    topic: Type.String(),
  }),
};

/** `{text}`, `{json}` or `{binary_b64}`; a bare text or object is taken as what it is. */
const PublishedPayload = Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())], {
  description: '{ text }, { json }, { binary_b64 }, or a bare text or object',
});
export type PublishedPayload = Static<typeof PublishedPayload>;

const Publish = {
  params: Type.Object({
    topic: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'A node that runs outside the audio graph and `in`: `llm.in`',
    }),
    payload: PublishedPayload,
  }),
  result: Type.Object({ published: Type.Literal(true), topic: Type.String() }),
};

const SetNodeState = {
  params: Type.Object({
    node_id: Type.String({ minLength: 1, maxLength: 128 }),
    state: OneOf('enabled', 'bypass', 'disabled'),
  }),
  result: Type.Object({
    success: Type.Literal(true),
    node_id: Type.String(),
    state: OneOf('Enabled', 'Bypass', 'Disabled'),
  }),
};

const FlushAudio = {
  params: NoParams,
  result: Type.Object({
    flushed: Type.Literal(true),
    frames_dropped: Type.Integer({ description: 'Frames of 10 ms that were not sent yet' }),
  }),
};

/** Every method: what it takes and what it gives. */
export const METHODS = {
  'peer.announce': Announce,
  'peer.offer': Offer,
  'peer.answer': Answer,
  'peer.ice_candidate': Candidate,
  'peer.disconnect': Disconnect,
  'peer.list': List,
  list_peers: List,
  'server.info': ServerInfo,
  'control.subscribe': Subscribe,
  'control.unsubscribe': Unsubscribe,
  'control.publish': Publish,
  'control.set_node_state': SetNodeState,
  'control.flush_audio': FlushAudio,
} as const satisfies Record<string, { params: TSchema; result: TSchema }>;

export type MethodName = keyof typeof METHODS;
export type MethodParams<M extends MethodName> = Static<(typeof METHODS)[M]['params']>;
export type MethodResult<M extends MethodName> = Static<(typeof METHODS)[M]['result']>;

/** Whether there is such a method. */
export const isMethodName = (name: string): name is MethodName => Object.hasOwn(METHODS, name);
