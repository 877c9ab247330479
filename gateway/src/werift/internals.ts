/**
 * What this folder uses of werift beyond its public types: private members, named here once, and checked against the real
 * library when the first peer is made. Nothing outside this folder knows werift.
 */
import { createRequire } from 'node:module';
import type { Candidate, CandidatePair, RTCDataChannel, RTCIceGatherer, StunProtocol } from 'werift';

/** The only version that these assumptions were read from and tested with. */
export const WERIFT_VERSION = '0.25.2';

/** `Connection`: werift's ICE agent. */
export type IceAgent = RTCIceGatherer['connection'] & {
  userHistory: Record<string, string>;
  localCandidatesStart: boolean;
  protocols: StunProtocol[];
  ensureProtocol(protocol: StunProtocol): void;
  pairLocalProtocol(protocol: StunProtocol): void;
  appendLocalCandidate(candidate: Candidate): void;
  queryConsent(): void;
  setState(state: 'completed'): void;
  nominated?: CandidatePair;
};

/** `RTCSctpTransport`. Its three methods are asynchronous and called without a catch. */
export interface SctpInternals {
  dataChannelId: number;
  datachannelReceive(streamId: number, protocolId: number, data: Buffer): Promise<void>;
  dataChannelFlush(): Promise<void>;
  dataChannelQueue: unknown[];
}

/** `SCTP`, the association. */
export interface AssociationInternals {
  handleData(data: Buffer): Promise<void>;
  outboundQueue: unknown[];
  sentQueue: unknown[];
}

/** `DtlsSocket`. */
export interface DtlsInternals {
  sessionType: number;
  /** Gives all fragments of a message once they are there. */
  handleFragmentHandshake: (fragments: HandshakeMessage[]) => HandshakeMessage[];
  /** Complete messages. Asynchronous: a rejection fails the transport. */
  onHandleHandshakes: (messages: HandshakeMessage[]) => Promise<void>;
  cipher: {
    remoteCertificate?: Buffer;
    localRandom: { serialize(): Buffer };
    remoteRandom: { serialize(): Buffer };
    /** Throws unless the record is authentic. */
    decryptPacket(record: DtlsPlaintext): Buffer;
  };
  dtls: { flight: number; recordSequenceNumber: number; sortedHandshakeCache: HandshakeMessage[] };
}

/** A record, still encrypted. */
export interface DtlsPlaintext {
  recordLayerHeader: {
    contentType: number;
    protocolVersion: { major: number; minor: number };
    epoch: number;
    sequenceNumber: number;
  };
  fragment: Buffer;
}

/** `FragmentedHandshake`. */
export interface HandshakeMessage {
  msg_type: number;
  message_seq: number;
  /** Of the message; the fragment may be a part of it. */
  length: number;
  fragment_offset: number;
  fragment_length: number;
  fragment: Buffer;
  serialize(): Buffer;
}

export type { RTCDataChannel };

/** The installed version of werift. Its manifest is not exported, so it is found beside the entry point. */
export function installedWeriftVersion(): string {
  const require = createRequire(import.meta.url);
  const entry = require.resolve('werift');
  const root = entry.slice(0, entry.lastIndexOf('/lib/'));
  return (require(`${root}/package.json`) as { version: string }).version;
}
