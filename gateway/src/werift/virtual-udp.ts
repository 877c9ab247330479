/**
 * A UDP transport for werift without a socket: what it sends goes to the media plane's one port, what the plane receives for this
 * peer is handed to `receive`. Made by `PeerTransport`, one for each address that the gateway announces.
 */
import { Candidate, candidateFoundation, candidatePriority, StunProtocol, type UdpTransport } from 'werift';

export type Address = readonly [host: string, port: number];

/** An address in the answer. */
export interface AnnouncedAddress {
  /** IP address that the client is told. */
  readonly announced: string;
  /** The same address on this machine, or undefined where a NAT maps it. */
  readonly local: string | undefined;
}

export type SendDatagram = (data: Uint8Array, address: string, port: number, localAddress?: string) => void;

/** Implements what werift's `StunProtocol` uses of `UdpTransport`. */
export class VirtualUdpTransport {
  readonly type = 'udp';
  closed = false;
  onData: (data: Buffer, address: Address) => void = () => {};
  readonly host: string;
  readonly port: number;
  readonly addressFamily: 4 | 6;
  readonly #local: string | undefined;
  readonly #send: SendDatagram;

  constructor(address: AnnouncedAddress, port: number, send: SendDatagram) {
    this.host = address.announced;
    this.port = port;
    this.addressFamily = address.announced.includes(':') ? 6 : 4;
    this.#local = address.local;
    this.#send = send;
  }

  get address() {
    return { address: this.host, port: this.port, family: this.addressFamily === 6 ? 'IPv6' : 'IPv4' };
  }

  /** Lost, as UDP may lose it, when the plane refuses: werift retransmits. */
  readonly send = async (data: Buffer, address?: Address): Promise<void> => {
    if (this.closed || !address) return;
    this.#send(data, address[0], address[1], this.#local);
  };

  readonly close = async (): Promise<void> => {
    this.closed = true;
    this.onData = () => {};
  };
}

/** A host candidate on the plane's port. `rank` 0 is the most preferred address. */
export function hostProtocol(
  address: AnnouncedAddress,
  port: number,
  ufrag: string,
  rank: number,
  send: SendDatagram,
): StunProtocol {
  const transport = new VirtualUdpTransport(address, port, send);
  const protocol = new StunProtocol();
  protocol.transport = transport as unknown as UdpTransport;
  protocol.localIp = address.announced;
  // RFC 8445 5.1.2.1: with several addresses each needs its own local preference.
  const priority = candidatePriority('host', { transport: 'udp', localPreference: 65_535 - rank });
  const foundation = candidateFoundation('host', 'udp', address.announced);
  protocol.localCandidate = new Candidate(
    foundation,
    1,
    'udp',
    priority,
    address.announced,
    port,
    'host',
    undefined,
    undefined,
    undefined,
    0,
    ufrag,
  );
  transport.onData = (data, from) => {
    // `datagramReceived` is private in the types; `connectionMade` binds it the same way.
    (protocol as unknown as { datagramReceived(data: Buffer, from: Address): void }).datagramReceived(
      data,
      from,
    );
  };
  return protocol;
}
