/** Who is announced. One entry per socket, one socket per id. */
import { RequestError } from '../errors.js';
import { type PeerView, SERVER_PEER_ID } from '../protocol/index.js';
import type { Outbox } from './outbox.js';

export interface Peer {
  readonly view: PeerView;
  readonly outbox: Outbox;
}

export class PeerRegistry {
  readonly #peers = new Map<string, Peer>();

  get size(): number {
    return this.#peers.size;
  }

  views(): PeerView[] {
    return [...this.#peers.values()].map(({ view }) => view);
  }

  /** @throws RequestError `peer_not_found`. */
  get(peerId: string): Peer {
    const peer = this.#peers.get(peerId);
    if (!peer) throw new RequestError('peer_not_found', `Peer ${peerId} is not announced`);
    return peer;
  }

  /** Tells the others. @throws RequestError `already_announced`. */
  join(peer: Peer): void {
    const { peer_id, capabilities, metadata } = peer.view;
    if (peer_id === SERVER_PEER_ID || this.#peers.has(peer_id)) {
      throw new RequestError('already_announced', `Peer ${peer_id} already announced`);
    }
    for (const other of this.#peers.values()) {
      other.outbox.notify('peer.joined', { peer_id, capabilities, metadata });
    }
    this.#peers.set(peer_id, peer);
  }

  /** Tells the others. Idempotent. */
  leave(peer: Peer): void {
    const { peer_id } = peer.view;
    if (this.#peers.get(peer_id) !== peer) return;
    this.#peers.delete(peer_id);
    for (const other of this.#peers.values()) other.outbox.notify('peer.left', { peer_id });
  }
}
