/**
 * The language between gateway and client: schemas that the server checks, types that both compile against.
 * Browser-safe: no Node import may enter this folder.
 */
export * from './audio-socket.js';
export * from './complaint.js';
export * from './errors.js';
export * from './events.js';
export * from './execution.js';
export * from './items.js';
export * from './jsonrpc.js';
export * from './methods.js';
export * from './notifications.js';
export * from './rest.js';
export { EVENTS_CHANNEL_LABEL, PeerId, SERVER_PEER_ID } from './schema.js';
