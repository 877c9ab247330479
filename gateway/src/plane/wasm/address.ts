/** One spelling for every peer: a dual-stack socket sees IPv4 peers as mapped IPv6 addresses (RFC 4291 2.5.5.2), werift knows them as IPv4. */
import { isIP, isIPv4 } from 'node:net';
import { nativeError } from '@remotemedia/native-dsp';

const MAPPED = '::ffff:';

/** The address as peers and werift write it. */
export function canonical(address: string): string {
  return address.startsWith(MAPPED) && isIPv4(address.slice(MAPPED.length))
    ? address.slice(MAPPED.length)
    : address;
}

/** The address as a socket of this family takes it. */
export function forSocket(address: string, isIpv6: boolean): string {
  return isIpv6 && isIPv4(address) ? MAPPED + address : address;
}

/** What routes know a peer by. */
export function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}

/**
 * A peer's address that can be sent to, in its one spelling.
 * @throws NativeError `invalid_address`, `invalid_options` for the port.
 */
export function checkedRemote(address: string, port: number): string {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw nativeError('invalid_options', `port is ${port}; it must be a whole number from 1 to 65535`);
  }
  checkIp(address);
  const known = canonical(address);
  if (known === '0.0.0.0' || known === '::')
    throw nativeError('invalid_address', `${address} is not an address to send to`);
  return known;
}

/** @throws NativeError `invalid_address`. */
export function checkIp(address: string): void {
  if (isIP(address) === 0) throw nativeError('invalid_address', `${address} is not an IP address`);
}
