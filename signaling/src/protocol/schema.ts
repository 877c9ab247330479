/**
 * Small pieces that the protocol's schemas share. Everything in this folder runs in a browser: it imports
 * `typebox` and nothing else, and web pages may import the types alone at no cost.
 */
import { type TSchema, Type } from 'typebox';

/** `T` or null, as JSON Schema writes it. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** One of a few words; an `enum` keeps the generated OpenAPI readable. */
export const OneOf = <const T extends string[]>(...words: [...T]) => Type.Enum(words);

/** A name that a peer gives itself; short and printable, because it appears in logs and in other pages. */
export const PeerId = Type.String({ pattern: '^[A-Za-z0-9._:@-]{1,64}$', description: 'Peer id' });

/** Peer id under which the gateway itself is addressed. */
export const SERVER_PEER_ID = 'remotemedia-server';

/** Label of the data channel on which a session's events are sent, one JSON text each. */
export const EVENTS_CHANNEL_LABEL = 'events';
