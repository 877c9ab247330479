/** What the WebSocket at `/ws` sends without being asked. Notifications have a `method` and no `id`. */
import { type Static, type TSchema, Type } from 'typebox';
import { GatewayEvent } from './events.js';
import { METHODS } from './methods.js';
import { Nullable, OneOf, PeerId } from './schema.js';

/** States of a peer connection, in the words of RTCPeerConnection. */
export const ConnectionState = OneOf('new', 'connecting', 'connected', 'disconnected', 'failed', 'closed');
export type ConnectionState = Static<typeof ConnectionState>;

/** Every notification and its parameters. */
export const NOTIFICATIONS = {
  'peer.joined': Type.Object({
    peer_id: PeerId,
    capabilities: Type.Array(Type.String()),
    metadata: Type.Unknown(),
  }),
  'peer.left': Type.Object({ peer_id: PeerId }),
  'peer.offer': Type.Object({ from: PeerId, to: PeerId, sdp: Type.String() }),
  'peer.answer': Type.Object({ from: PeerId, to: PeerId, sdp: Type.String() }),
  'peer.ice_candidate': Type.Object({
    from: PeerId,
    to: PeerId,
    candidate: METHODS['peer.ice_candidate'].params.properties.candidate,
    sdp_mid: Nullable(Type.String()),
    sdp_m_line_index: Nullable(Type.Integer()),
  }),
  'peer.disconnected': Type.Object({ peer_id: PeerId, reason: Type.String() }),
  'peer.state_change': Type.Object({
    peer_id: PeerId,
    connection_state: ConnectionState,
    timestamp: Type.Integer({ description: 'Unix time, milliseconds' }),
    session_id: Type.String(),
  }),
  'session.event': GatewayEvent,
  'control.event': Type.Object({
    topic: Type.String({ description: 'As it was subscribed to' }),
    kind: OneOf('json', 'text', 'audio', 'binary', 'other'),
    payload: Type.Unknown({
      description:
        'json: the value, of an event its object; text: the text; audio: { size, sample_rate, channels, media_time_samples, samples_b64 (f32, little-endian, interleaved) }; binary: { size, b64 }',
    }),
    channel: Type.Optional(Type.String({ description: 'Of a text' })),
    ts: Type.Integer({ description: 'Unix time, milliseconds' }),
  }),
} as const satisfies Record<string, TSchema>;

export type NotificationName = keyof typeof NOTIFICATIONS;
export type NotificationParams<N extends NotificationName> = Static<(typeof NOTIFICATIONS)[N]>;
/** One notification as it stands in the text frame. */
export type Notification = {
  [N in NotificationName]: { jsonrpc: '2.0'; method: N; params: NotificationParams<N> };
}[NotificationName];

/** Codes with which the server closes the WebSocket (RFC 6455 7.4; 4000 and up are this protocol's). */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  tooLarge: 1009,
  unsupportedData: 1003,
  tryAgainLater: 1013,
  disconnected: 4000,
  timeout: 4008,
  policy: 4009,
  slowConsumer: 4010,
  failed: 4011,
} as const;
