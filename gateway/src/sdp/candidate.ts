/** ICE candidates as text (RFC 8839 5.1): parsed from clients, written into answers. */
import { isIP } from 'node:net';
import type { LocalCandidate, RemoteCandidate } from '../werift/peer-types.js';

/** What a candidate line is to us: usable, or valid but of no use here (TCP, a name to look up, RTCP). */
export type ParsedCandidate =
  | { usable: true; candidate: RemoteCandidate }
  | { usable: false; reason: string };

const TYPES = new Set(['host', 'srflx', 'prflx', 'relay']);

/** Takes `candidate:...` with or without the leading `a=` and `candidate:`. */
export function parseCandidate(text: string): ParsedCandidate | 'malformed' {
  const value = text.replace(/^a=/, '').replace(/^candidate:/, '');
  if (value.length > 1024) return 'malformed';
  const [foundation, component, transport, priorityText, address, portText, typ, type] = value
    .trim()
    .split(/ +/);
  const priority = Number(priorityText);
  const port = Number(portText);
  if (!foundation || foundation.length > 32 || !address || typ !== 'typ' || !type) return 'malformed';
  if (
    !isWhole(component, 1, 256) ||
    !isWhole(priorityText, 0, 2 ** 32 - 1) ||
    !isWhole(portText, 0, 65_535)
  ) {
    return 'malformed';
  }
  if (component !== '1') return { usable: false, reason: 'component' };
  if (transport?.toLowerCase() !== 'udp') return { usable: false, reason: 'transport' };
  if (!TYPES.has(type)) return { usable: false, reason: 'type' };
  // Names, also browsers' random .local ones: a look-up would leak and wait; the client's own checks show its address.
  if (isIP(address) === 0) return { usable: false, reason: 'name' };
  if (port === 0) return { usable: false, reason: 'port' };
  return { usable: true, candidate: { foundation, priority, address, port, type } };
}

/** The value of an `a=candidate:` line, without `a=`. */
export function writeCandidate(candidate: LocalCandidate): string {
  const { foundation, priority, address, port } = candidate;
  return `candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`;
}

function isWhole(text: string | undefined, min: number, max: number): boolean {
  return text !== undefined && /^\d{1,10}$/.test(text) && Number(text) >= min && Number(text) <= max;
}
