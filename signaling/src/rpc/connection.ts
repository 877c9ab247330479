/** One WebSocket client: who it is, its session with the gateway, and the protocol's methods on them. */
import type { CloseInfo } from '@remotemedia/gateway';
import type { Context } from '../context.js';
import { RequestError } from '../errors.js';
import { type MethodName, type MethodParams, type MethodResult, SERVER_PEER_ID } from '../protocol/index.js';
import type { ControlDesk } from './control.js';
import type { Outbox } from './outbox.js';
import type { Peer, PeerRegistry } from './peers.js';
import { ServerPeer } from './server-peer.js';

/** What a peer may tell others about itself, in bytes of JSON. */
const MAX_USER_DATA_BYTES = 4096;

export type Handlers = {
  [M in MethodName]: (params: MethodParams<M>) => MethodResult<M> | Promise<MethodResult<M>>;
};

export class Connection {
  readonly #context: Context;
  readonly #peers: PeerRegistry;
  readonly #outbox: Outbox;
  readonly #server: ServerPeer;
  #peer: Peer | undefined;

  constructor(context: Context, peers: PeerRegistry, outbox: Outbox) {
    this.#context = context;
    this.#peers = peers;
    this.#outbox = outbox;
    this.#server = new ServerPeer(context.gateway, outbox, context.now);
  }

  readonly handlers: Handlers = {
    'peer.announce': (params) => this.#announce(params),
    'peer.offer': (params) => {
      this.#speaksFor(params.from);
      if (params.to === SERVER_PEER_ID) return this.#server.offer(params.from, params);
      const { from, to, sdp } = params;
      this.#peers.get(to).outbox.notify('peer.offer', { from, to, sdp });
      return { success: true, to_peer_id: to };
    },
    'peer.answer': ({ from, to, sdp }) => {
      this.#speaksFor(from);
      if (to === SERVER_PEER_ID)
        throw new RequestError('unexpected_answer', 'The gateway makes no offers to answer');
      this.#peers.get(to).outbox.notify('peer.answer', { from, to, sdp });
      return { success: true, to_peer_id: to };
    },
    'peer.ice_candidate': async (params) => {
      const { from, to, candidate, sdp_mid = null, sdp_m_line_index = null } = params;
      this.#speaksFor(from);
      if (to === SERVER_PEER_ID) {
        await this.#server.addCandidate({ candidate, sdpMid: sdp_mid, sdpMLineIndex: sdp_m_line_index });
      } else {
        this.#peers
          .get(to)
          .outbox.notify('peer.ice_candidate', { from, to, candidate, sdp_mid, sdp_m_line_index });
      }
      return { success: true, to_peer_id: to };
    },
    'peer.disconnect': (params) => this.#disconnect(params),
    'peer.list': () => this.#list(),
    list_peers: () => this.#list(),
    'server.info': () => {
      const { machine } = this.#context;
      const addresses = machine.addresses().map(({ ip, isDefault }) => ({ ip, is_default: isDefault }));
      return { addresses, hostname: machine.hostname };
    },
    'control.subscribe': (params) => this.#control().subscribe(params),
    'control.unsubscribe': (params) => this.#control().unsubscribe(params),
    'control.publish': (params) => this.#control().publish(params),
    'control.set_node_state': (params) => this.#control().setNodeState(params),
    'control.flush_audio': () => this.#control().flushAudio(),
  };

  /** Responses have been handed to the socket. */
  responded(): void {
    this.#server.answered();
  }

  /** The socket is gone, or goes: frees everything. Idempotent. */
  async close(): Promise<void> {
    this.#leave();
    await this.#server.disconnect({
      reason: 'client',
      code: 'signaling_lost',
      message: 'The WebSocket was closed',
    });
  }

  #announce({
    peer_id,
    capabilities,
    user_data,
  }: MethodParams<'peer.announce'>): MethodResult<'peer.announce'> {
    if (this.#peer) {
      throw new RequestError(
        'already_announced',
        `Peer ${this.#peer.view.peer_id} already announced on this socket`,
      );
    }
    if (Buffer.byteLength(JSON.stringify(user_data ?? {})) > MAX_USER_DATA_BYTES) {
      throw new RequestError(
        'invalid_params',
        `user_data is larger than ${MAX_USER_DATA_BYTES} bytes of JSON`,
      );
    }
    const connected_at = Math.floor(this.#context.now() / 1000);
    const peer = {
      view: { peer_id, capabilities, metadata: user_data ?? {}, connected_at },
      outbox: this.#outbox,
    };
    const others = this.#peers.views().map((view) => view.peer_id);
    this.#peers.join(peer);
    this.#peer = peer;
    return { success: true, peer_id, peers_count: this.#peers.size, other_peers: others };
  }

  /**
   * Own id: leaves, and ends the session. The gateway's id: ends the session, stays announced. Another peer's id:
   * hangs up on it, which it alone can act upon.
   */
  async #disconnect({
    peer_id,
    reason = '',
  }: MethodParams<'peer.disconnect'>): Promise<MethodResult<'peer.disconnect'>> {
    const own = this.#announced().view.peer_id;
    const info: Partial<CloseInfo> = {
      reason: 'client',
      code: 'client_closed',
      message: reason || 'The client disconnected',
    };
    if (peer_id === own || peer_id === SERVER_PEER_ID) {
      await this.#server.disconnect(info);
      if (peer_id === own) this.#leave();
      this.#outbox.notify('peer.disconnected', { peer_id, reason });
    } else this.#peers.get(peer_id).outbox.notify('peer.disconnected', { peer_id: own, reason });
    return { success: true, peer_id };
  }

  #list(): MethodResult<'peer.list'> {
    const peers = this.#peers.views();
    return { peers, count: peers.length };
  }

  #leave(): void {
    if (this.#peer) this.#peers.leave(this.#peer);
    this.#peer = undefined;
  }

  #control(): ControlDesk {
    this.#announced();
    return this.#server.control;
  }

  #announced(): Peer {
    if (!this.#peer) throw new RequestError('not_announced', 'Not announced: send peer.announce first');
    return this.#peer;
  }

  #speaksFor(from: string): void {
    const own = this.#announced().view.peer_id;
    if (from !== own) throw new RequestError('invalid_params', `from must be your own peer id, ${own}`);
  }
}
