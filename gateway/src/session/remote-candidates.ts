/** A client's ICE candidates, from its offer and trickled: bounded, the useless ones counted, the rest to ICE. Made by a session. */
import { GatewayError } from '../errors.js';
import { type ParsedCandidate, parseCandidate } from '../sdp/candidate.js';
import type { PeerTransport } from '../werift/peer-transport.js';
import type { Tried } from './close-info.js';
import type { IceCandidateInit } from './session.js';

/** Candidates that a client may send, in its offer and after. */
const MAX_CANDIDATES = 128;

export class RemoteCandidates {
  readonly #peer: PeerTransport;
  #count = 0;
  #unusable = 0;

  constructor(peer: PeerTransport) {
    this.#peer = peer;
  }

  /** @throws GatewayError `malformed_candidate`, `too_many_candidates`. */
  trickle(init: IceCandidateInit | null): void {
    // The end of candidates changes nothing: we wait for the client's own checks anyway (RFC 8863).
    if (init === null || init.candidate === '') return;
    const parsed = parseCandidate(init.candidate);
    if (parsed === 'malformed') {
      throw new GatewayError(
        'malformed_candidate',
        `"${init.candidate.slice(0, 80)}" is not an ICE candidate`,
        {
          hint: 'RFC 8839 5.1',
        },
      );
    }
    if (this.#count >= MAX_CANDIDATES) {
      throw new GatewayError('too_many_candidates', `more than ${MAX_CANDIDATES} candidates`);
    }
    this.add(parsed);
  }

  add(parsed: ParsedCandidate): void {
    if (this.#count >= MAX_CANDIDATES) return;
    this.#count++;
    if (parsed.usable) this.#peer.addRemoteCandidate(parsed.candidate);
    else this.#unusable++;
  }

  /** For the message of a connection that failed. */
  get tried(): Tried {
    return {
      gateway: this.#peer.localCandidates.map(({ address, port }) => `${address}:${port}`),
      client: this.#peer.remoteAddressesTried,
      unusable: this.#unusable,
    };
  }
}
