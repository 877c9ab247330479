/**
 * The plane's UDP port: one socket of Node for all sessions. It does not tell which of our addresses a datagram came to, nor send from a
 * chosen one: the kernel's routing chooses, as it does for every simple server. Does not keep the process alive.
 */
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { nativeError } from '@remotemedia/native-dsp';
import { canonical, forSocket } from './address.js';

/** Room for bursts; the kernel may give less (`net.core.rmem_max`). */
const KERNEL_BUFFER_BYTES = 4 << 20;

/** A datagram of a peer, whose address is in its one spelling. */
export type Receive = (data: Buffer, address: string, port: number) => void;

export class UdpPort {
  readonly port: number;
  sent = 0;
  failures = 0;
  readonly #socket: Socket;
  readonly #isIpv6: boolean;
  readonly #count = (error: Error | null) => {
    if (error) this.failures++;
    else this.sent++;
  };

  private constructor(socket: Socket, receive: Receive) {
    this.#socket = socket;
    const { port, family } = socket.address();
    this.port = port;
    this.#isIpv6 = family === 'IPv6';
    socket.on('message', (data, from) => receive(data, canonical(from.address), from.port));
    // What the kernel says about a single datagram, such as that its receiver is gone.
    socket.on('error', () => this.failures++);
    socket.unref();
  }

  /**
   * @param bindAddress default: all of IPv6 and IPv4, or IPv4 alone where there is no IPv6.
   * @throws NativeError `bind_failed`.
   */
  static open(bindAddress: string | undefined, port: number, receive: Receive): UdpPort {
    const addresses = bindAddress === undefined ? ['::', '0.0.0.0'] : [bindAddress];
    let failure: unknown;
    for (const address of addresses) {
      try {
        return new UdpPort(bound(address, port), receive);
      } catch (error) {
        failure ??= error;
      }
    }
    const reason = failure instanceof Error ? failure.message : String(failure);
    throw nativeError('bind_failed', `the media port cannot be opened: ${reason}`, { cause: failure });
  }

  /** Sends at once, where the kernel has room. `data` must not change afterwards. */
  send(data: Uint8Array, address: string, port: number): void {
    this.#socket.send(data, port, forSocket(address, this.#isIpv6), this.#count);
  }

  /** Datagrams that the kernel dropped because they were not read in time. Linux; 0 elsewhere. */
  get overflows(): number {
    try {
      const table = readFileSync(this.#isIpv6 ? '/proc/net/udp6' : '/proc/net/udp', 'utf8');
      const local = `:${this.port.toString(16).toUpperCase().padStart(4, '0')}`;
      const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
      return Number(rows.find(([, address]) => address?.endsWith(local))?.at(-1) ?? 0);
    } catch {
      return 0;
    }
  }

  close(): void {
    this.#socket.close();
  }
}

/** Binds before it returns: Node waits a turn only to look a name up, and here are none. */
function bound(address: string, port: number): Socket {
  const type = isIPv6(address) ? 'udp6' : 'udp4';
  const socket = createSocket({
    type,
    lookup: (name, _, found) => found(null, name, type === 'udp6' ? 6 : 4),
  });
  let failure: Error | undefined;
  socket.once('error', (error) => {
    failure = error;
  });
  socket.bind({ address, port, exclusive: true });
  if (failure) {
    socket.close();
    throw failure;
  }
  socket.removeAllListeners('error');
  for (const size of ['setRecvBufferSize', 'setSendBufferSize'] as const) {
    try {
      socket[size](KERNEL_BUFFER_BYTES);
    } catch {
      // The kernel's limit holds.
    }
  }
  return socket;
}
