/** Telling apart what arrives on the one port (RFC 7983, and RFC 5761 for RTCP), and whose a STUN request is. Hostile input: never throws. */

export type DatagramKind = 'stun' | 'dtls' | 'rtp' | 'rtcp' | 'unknown';

export function kindOf(datagram: Buffer): DatagramKind {
  const [first, second] = datagram;
  if (first === undefined) return 'unknown';
  if (first <= 3) return 'stun';
  if (first >= 20 && first <= 63) return 'dtls';
  if (first < 128 || first > 191 || second === undefined) return 'unknown';
  // Payload types 64 to 95 are left to RTCP (RFC 5761 4).
  const type = second & 0x7f;
  return type >= 64 && type < 96 ? 'rtcp' : 'rtp';
}

const HEADER_BYTES = 20;
const BINDING_REQUEST = 0x0001;
const MAGIC_COOKIE = 0x2112_a442;
const USERNAME = 0x0006;

/** The session that a STUN datagram names, `other` for answers and indications, which go by their address. */
export type Stun = { readonly ufrag: string } | 'other' | 'malformed';

/** Integrity is checked where the password is: in the session. */
export function readStun(datagram: Buffer): Stun {
  if (datagram.length < HEADER_BYTES) return 'malformed';
  const length = datagram.readUInt16BE(2);
  if (datagram.readUInt32BE(4) !== MAGIC_COOKIE || length !== datagram.length - HEADER_BYTES)
    return 'malformed';
  if (length % 4 !== 0) return 'malformed';
  if (datagram.readUInt16BE(0) !== BINDING_REQUEST) return 'other';
  for (let at = HEADER_BYTES; at + 4 <= datagram.length; ) {
    const [start, end] = [at + 4, at + 4 + datagram.readUInt16BE(at + 2)];
    if (end > datagram.length) break;
    if (datagram.readUInt16BE(at) === USERNAME) {
      // `local:remote` as seen from the receiver (RFC 8445 7.2.2).
      const colon = datagram.subarray(start, end).indexOf(0x3a);
      return colon < 0 ? 'malformed' : { ufrag: datagram.toString('latin1', start, start + colon) };
    }
    at = start + Math.ceil((end - start) / 4) * 4;
  }
  return 'malformed';
}
