/** Which addresses answers name: those of the configuration, or this machine's own. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { AnnouncedAddress } from './werift/virtual-udp.js';

/** Candidates beyond this slow every client down and help none. */
const MAX_ADDRESSES = 8;

/** One address of this machine, as `os.networkInterfaces` gives it. */
export interface OwnAddress {
  readonly address: string;
  readonly internal: boolean;
}

export function ownAddresses(): OwnAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address, internal }) => ({ address, internal }));
}

/**
 * @param configured addresses to announce; none: every own address that others can reach, or loopback where there is none.
 * @param bindAddress of the plane: a single address, or a wildcard that says which families are listened to.
 */
export function announcedAddresses(
  configured: readonly string[],
  bindAddress: string | undefined,
  own: readonly OwnAddress[],
): AnnouncedAddress[] {
  const local = new Set(own.map(({ address }) => address));
  const announce = (announced: string): AnnouncedAddress => ({
    announced,
    local: local.has(announced) ? announced : undefined,
  });
  if (configured.length > 0) return configured.slice(0, MAX_ADDRESSES).map(announce);
  if (bindAddress !== undefined && bindAddress !== '::' && bindAddress !== '0.0.0.0')
    return [announce(bindAddress)];
  const listened = own.filter(({ address }) => bindAddress !== '0.0.0.0' || isIP(address) === 4);
  const reachable = listened.filter(({ address, internal }) => !internal && !isLinkLocal(address));
  const chosen = reachable.length > 0 ? reachable : listened.filter(({ internal }) => internal);
  // IPv4 first: it works in more places.
  return chosen
    .map(({ address }) => address)
    .sort((a, b) => isIP(a) - isIP(b))
    .slice(0, MAX_ADDRESSES)
    .map(announce);
}

function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) || address.startsWith('169.254.');
}
