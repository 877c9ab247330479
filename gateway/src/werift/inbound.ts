/**
 * Datagrams of one peer on their way into werift, and what must not get there: werift trusts more than a socket on the open Internet may.
 * Used by `PeerTransport` alone. Hostile input: nothing here throws.
 */
import { parseMessage } from 'werift';
import { encryptedRecords } from './encrypted-records.js';
import { keepFragmentsComplete } from './handshake-fragments.js';
import { keepHandshakeInOrder } from './handshake-order.js';
import type { DtlsInternals, IceAgent } from './internals.js';
import type { PeerPhase } from './peer-types.js';
import type { Address, AnnouncedAddress, VirtualUdpTransport } from './virtual-udp.js';

/** Addresses of one client that are tried; more are ignored. */
export const MAX_REMOTE_ADDRESSES = 64;
/** DTLS datagrams kept while ICE is about to finish: one flight. */
const MAX_EARLY_DTLS = 8;

export class Inbound {
  /** Thrown away, by reason. */
  readonly refused: Record<string, number> = {};
  readonly #agent: IceAgent;
  readonly #password: Buffer;
  readonly #addresses: readonly AnnouncedAddress[];
  readonly #transports: readonly VirtualUdpTransport[];
  readonly #earlyDtls: [VirtualUdpTransport, Buffer, Address][] = [];
  readonly #onRefused: ((reason: string) => void) | undefined;
  #socket: DtlsInternals | undefined;

  /**
   * @param transports one for each of `addresses`.
   * @param onRefused told of everything that is thrown away.
   */
  constructor(
    agent: IceAgent,
    password: string,
    addresses: readonly AnnouncedAddress[],
    transports: readonly VirtualUdpTransport[],
    onRefused?: (reason: string) => void,
  ) {
    this.#onRefused = onRefused;
    this.#agent = agent;
    this.#password = Buffer.from(password);
    this.#addresses = addresses;
    this.#transports = transports;
  }

  /** @returns the transport, if the datagram was a check of the client that nominates its pair. */
  receive(data: Buffer, from: Address, local: string, phase: PeerPhase): VirtualUdpTransport | undefined {
    if (phase === 'closed') return undefined;
    const transport = this.#transportFor(from[0], local);
    if (!transport) this.#refuse('no_transport');
    else if (data[0]! < 4) return this.#stun(transport, data, from);
    else this.#dtls(transport, data, from, phase);
    return undefined;
  }

  /**
   * To be called before the socket has sent anything. The client's first flight may be here before our own check is answered; werift would
   * lose it, and a second with it.
   */
  startDtls(socket: DtlsInternals): void {
    this.#socket = socket;
    keepFragmentsComplete(socket);
    keepHandshakeInOrder(socket, (reason) => this.#refuse(reason));
    for (const [transport, data, from] of this.#earlyDtls.splice(0)) transport.onData(data, from);
  }

  close(): void {
    this.#earlyDtls.length = 0;
  }

  #stun(transport: VirtualUdpTransport, data: Buffer, from: Address): VirtualUdpTransport | undefined {
    let nominates = false;
    if (isStunRequest(data)) {
      // werift answers requests without looking at MESSAGE-INTEGRITY (RFC 8445 7.3, RFC 8489 9.1.3).
      const message = parseMessage(data, this.#password);
      if (!message) {
        this.#refuse('stun_unauthenticated');
        return undefined;
      }
      const known = this.#agent.remoteCandidates;
      const isKnown = known.some(({ host, port }) => host === from[0] && port === from[1]);
      if (!isKnown && known.length >= MAX_REMOTE_ADDRESSES) {
        this.#refuse('too_many_addresses');
        return undefined;
      }
      nominates = message.attributesKeys.includes('USE-CANDIDATE');
    }
    transport.onData(data, from);
    return nominates ? transport : undefined;
  }

  #dtls(transport: VirtualUdpTransport, data: Buffer, from: Address, phase: PeerPhase): void {
    if (phase === 'connected' && this.#socket) {
      const take = (record: Buffer) => transport.onData(record, from);
      encryptedRecords(data, this.#socket, take, (reason) => this.#refuse(reason));
    } else if (phase === 'dtls') {
      transport.onData(data, from);
    } else if (this.#earlyDtls.length < MAX_EARLY_DTLS) {
      this.#earlyDtls.push([transport, data, from]);
    } else {
      this.#refuse('dtls_early');
    }
  }

  #transportFor(address: string, local: string): VirtualUdpTransport | undefined {
    const exact = this.#addresses.findIndex((one) => one.local === local);
    if (exact >= 0) return this.#transports[exact];
    const family = address.includes(':') ? 6 : 4;
    return this.#transports.find((transport) => transport.addressFamily === family);
  }

  #refuse(reason: string): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
    this.#onRefused?.(reason);
  }
}

/** Message class bits are 0 for a request (RFC 8489 5). */
function isStunRequest(data: Buffer): boolean {
  return data.length >= 20 && (data.readUInt16BE(0) & 0x0110) === 0;
}
