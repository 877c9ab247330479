/** What goes in and out of a `PeerTransport`. */
import type { AnnouncedAddress, SendDatagram } from './virtual-udp.js';

export type PeerPhase = 'new' | 'ice' | 'dtls' | 'connected' | 'closed';

export interface RemoteParameters {
  readonly ufrag: string;
  readonly password: string;
  readonly iceLite: boolean;
  readonly fingerprints: readonly { readonly algorithm: string; readonly value: string }[];
  /** Our own DTLS role. */
  readonly role: 'client' | 'server';
  readonly sctp?: { readonly port: number; readonly maxMessageBytes: number };
}

export interface RemoteCandidate {
  readonly foundation: string;
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: string;
}

export interface LocalCandidate {
  readonly foundation: string;
  readonly priority: number;
  readonly address: string;
  readonly port: number;
}

/** Where media goes. */
export interface SelectedPair {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string | undefined;
}

export interface SrtpKeys {
  readonly profile: number;
  readonly localKey: Buffer;
  readonly localSalt: Buffer;
  readonly remoteKey: Buffer;
  readonly remoteSalt: Buffer;
}

export interface PeerTransportOptions {
  readonly addresses: readonly AnnouncedAddress[];
  /** The plane's port. */
  readonly port: number;
  readonly send: SendDatagram;
  /** The client moved to another address of its own, after the connection was made. */
  readonly onPairChanged: (pair: SelectedPair) => void;
  /** The connection is gone: consent expired, or the client closed DTLS. */
  readonly onLost: (how: 'consent_expired' | 'client_closed') => void;
  /** Something of the client's was thrown away. */
  readonly onRefused?: ((reason: string) => void) | undefined;
}
