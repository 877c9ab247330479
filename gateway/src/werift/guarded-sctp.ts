/**
 * werift's data-channel transport with its loose ends tied. It calls three asynchronous methods without a catch, so that one malformed
 * chunk from a client would be an unhandled rejection and end the process; and it numbers its streams by ICE role where RFC 8832 6 asks
 * for the DTLS role. Used by `PeerTransport` alone.
 */
import {
  RTCDataChannel as DataChannel,
  type RTCDataChannel,
  RTCDataChannelParameters,
  type RTCDtlsTransport,
  RTCSctpTransport,
} from 'werift';
import type { AssociationInternals, SctpInternals } from './internals.js';

/** Largest message that we tell clients to send. Commands are small. */
export const MAX_MESSAGE_BYTES = 16_384;
export const SCTP_PORT = 5000;

export class GuardedSctp {
  readonly #sctp = new RTCSctpTransport(SCTP_PORT, MAX_MESSAGE_BYTES);
  readonly #dtls: RTCDtlsTransport;
  /** Chunks and messages from the client that made werift throw. */
  errors = 0;

  constructor(dtls: RTCDtlsTransport) {
    this.#dtls = dtls;
    const internals = this.#sctp as unknown as SctpInternals;
    // Before setDtlsTransport, which subscribes the first of them.
    internals.datachannelReceive = this.#guard(internals.datachannelReceive);
    internals.dataChannelFlush = this.#guard(internals.dataChannelFlush.bind(this.#sctp));
    this.#sctp.setDtlsTransport(dtls);
    const association = this.#sctp.sctp as unknown as AssociationInternals;
    association.handleData = this.#guard(association.handleData.bind(association));
  }

  /** Called with every channel that the client opens. */
  onChannel(listener: (channel: RTCDataChannel) => void): void {
    this.#sctp.onDataChannel.subscribe(listener);
  }

  /** Called when the association is up. */
  onConnected(listener: () => void): void {
    this.#sctp.sctp.stateChanged.connected.subscribe(listener);
  }

  /** Called when the client aborts the association, and when `stop` does. */
  onClosed(listener: () => void): void {
    this.#sctp.sctp.stateChanged.closed.subscribe(listener);
  }

  setRemote(port: number, maxMessageBytes: number): void {
    this.#sctp.setRemoteMaxMessageSize(maxMessageBytes);
    this.#sctp.setRemotePort(port);
  }

  async start(port: number): Promise<void> {
    await this.#sctp.start(port);
    (this.#sctp as unknown as SctpInternals).dataChannelId = this.#dtls.role === 'client' ? 0 : 1;
  }

  open(label: string): RTCDataChannel {
    return new DataChannel(this.#sctp, new RTCDataChannelParameters({ label, ordered: true }));
  }

  /** True when the client has acknowledged all that was sent. */
  get idle(): boolean {
    const association = this.#sctp.sctp as unknown as AssociationInternals;
    const queue = (this.#sctp as unknown as SctpInternals).dataChannelQueue;
    return queue.length === 0 && association.outboundQueue.length === 0 && association.sentQueue.length === 0;
  }

  async stop(): Promise<void> {
    this.#sctp.onDataChannel.allUnsubscribe();
    await this.#sctp.stop().catch(() => {});
  }

  #guard<Arguments extends unknown[]>(method: (...args: Arguments) => Promise<void>) {
    return async (...args: Arguments): Promise<void> => {
      try {
        await method(...args);
      } catch {
        this.errors++;
      }
    };
  }
}
