/**
 * Requests of the WebSocket at `/ws` and their results, in the names and fields of the RemoteMedia SDK's
 * protocol. `pipeline` and `manifest` of `peer.offer` are this gateway's additions.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Nullable, PeerId, SERVER_PEER_ID } from './schema.js';

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
} as const satisfies Record<string, { params: TSchema; result: TSchema }>;

export type MethodName = keyof typeof METHODS;
export type MethodParams<M extends MethodName> = Static<(typeof METHODS)[M]['params']>;
export type MethodResult<M extends MethodName> = Static<(typeof METHODS)[M]['result']>;

/** Whether there is such a method. */
export const isMethodName = (name: string): name is MethodName => Object.hasOwn(METHODS, name);
