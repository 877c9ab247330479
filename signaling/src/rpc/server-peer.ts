/**
 * The gateway as a peer of one socket: turns `peer.offer`, `peer.ice_candidate` and `peer.disconnect` to
 * `remotemedia-server` into a session. At most one session at a time. Candidates are kept in both directions: the
 * client's until there is a session, the gateway's until the answer is on its way.
 */
import type { CloseInfo, Gateway, IceCandidateInit, ManifestSource, Session } from '@remotemedia/gateway';
import { RequestError, viewError } from '../errors.js';
import {
  type ConnectionState,
  type GatewayEvent,
  type MethodParams,
  type MethodResult,
  SERVER_PEER_ID,
} from '../protocol/index.js';
import { ControlDesk } from './control.js';
import type { Outbox } from './outbox.js';

type Offer = MethodParams<'peer.offer'>;

/** Early candidates beyond these are refused. */
const MAX_EARLY_CANDIDATES = 64;

export class ServerPeer {
  readonly #gateway: Gateway;
  readonly #outbox: Outbox;
  readonly #now: () => number;
  readonly control: ControlDesk;
  #session: Session | undefined;
  #peerId = '';
  #negotiating = false;
  #early: IceCandidateInit[] = [];
  /** Null once the answer is out: candidates go straight through. */
  #held: (IceCandidateInit | null)[] | null = null;

  constructor(gateway: Gateway, outbox: Outbox, now: () => number) {
    this.#gateway = gateway;
    this.#outbox = outbox;
    this.#now = now;
    this.control = new ControlDesk(outbox, now);
  }

  /** Answers an offer of `peerId`. */
  async offer(peerId: string, { sdp, pipeline, manifest }: Offer): Promise<MethodResult<'peer.offer'>> {
    if (this.#negotiating)
      throw new RequestError('negotiation_in_progress', 'The first offer is still being answered');
    if (this.#session) {
      throw new RequestError(
        'already_negotiated',
        'There is a session already: send peer.disconnect before a new offer',
      );
    }
    if (pipeline !== undefined && manifest !== undefined) {
      throw new RequestError('invalid_params', 'Give a pipeline or a manifest, not both');
    }
    const session = this.#gateway.createSession({
      transport: 'websocket',
      peerId,
      ...(pipeline !== undefined && { pipeline }),
      ...(manifest !== undefined && { manifest: manifest as ManifestSource }),
    });
    this.#follow(session, peerId);
    this.#negotiating = true;
    try {
      const early = this.#early.splice(0);
      for (const candidate of early) await session.addIceCandidate(candidate);
      const answer = await session.negotiate(sdp);
      return { type: 'answer', sdp: answer, from: SERVER_PEER_ID, to: peerId, session_id: session.id };
    } catch (error) {
      await session.close({ reason: 'client', code: 'negotiation_failed', message: viewError(error).detail });
      throw error;
    } finally {
      this.#negotiating = false;
    }
  }

  /** The response to the offer has been sent: candidates may follow. */
  answered(): void {
    if (this.#negotiating || this.#held === null) return;
    const held = this.#held;
    this.#held = null;
    for (const candidate of held) this.#trickle(candidate);
  }

  async addCandidate(candidate: IceCandidateInit): Promise<void> {
    if (this.#session) return this.#session.addIceCandidate(candidate);
    if (this.#early.length >= MAX_EARLY_CANDIDATES) {
      throw new RequestError('too_many_candidates', 'More early candidates than are kept');
    }
    this.#early.push(candidate);
  }

  /** Ends the session, if there is one. */
  async disconnect(info: Partial<CloseInfo>): Promise<void> {
    this.#early = [];
    await this.#session?.close(info);
  }

  #follow(session: Session, peerId: string): void {
    this.#session = session;
    this.control.follow(session);
    this.#peerId = peerId;
    this.#held = [];
    session.on('event', (event) => this.#outbox.notify('session.event', event as unknown as GatewayEvent));
    session.on('candidate', (candidate) => {
      if (this.#held) this.#held.push(candidate);
      else this.#trickle(candidate);
    });
    session.on('state', (state) => {
      if (state !== 'closed') this.#tellState(session, state);
    });
    session.once('closed', (info) => {
      this.#tellState(session, info.reason === 'network' ? 'failed' : 'closed');
      if (this.#session !== session) return;
      this.#session = undefined;
      this.control.follow(undefined);
    });
  }

  #tellState(session: Session, state: ConnectionState): void {
    this.#outbox.notify('peer.state_change', {
      peer_id: this.#peerId,
      connection_state: state,
      timestamp: this.#now(),
      session_id: session.id,
    });
  }

  #trickle(candidate: IceCandidateInit | null): void {
    this.#outbox.notify('peer.ice_candidate', {
      from: SERVER_PEER_ID,
      to: this.#peerId,
      candidate: candidate?.candidate ?? '',
      sdp_mid: candidate?.sdpMid ?? null,
      sdp_m_line_index: candidate?.sdpMLineIndex ?? null,
    });
  }
}
