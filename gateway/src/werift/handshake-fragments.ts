/**
 * Handshake messages put together from fragments (RFC 6347 4.2.3), as a ClientHello with post-quantum keys is sent. werift takes a message for
 * complete once its last fragment is there, whatever is missing, mixes messages, and keeps fragments without a bound. Used by `Inbound` alone.
 */
import type { DtlsInternals, HandshakeMessage } from './internals.js';

/** Of one message: far more than certificates need. Beyond, the message begins anew. */
const MAX_FRAGMENTS = 32;

export function keepFragmentsComplete(socket: DtlsInternals): void {
  let parts: HandshakeMessage[] = [];
  // werift calls it with one at a time, and joins what it gets.
  socket.handleFragmentHandshake = (fragments) =>
    fragments.flatMap((fragment) => {
      if (fragment.fragment_length === fragment.length) return [fragment];
      const [first] = parts;
      const belongs = first?.message_seq === fragment.message_seq && first.length === fragment.length;
      if (!belongs || parts.length >= MAX_FRAGMENTS) parts = [];
      parts.push(fragment);
      if (!isComplete(parts)) return [];
      const complete = parts;
      parts = [];
      return complete;
    });
}

function isComplete(parts: HandshakeMessage[]): boolean {
  let end = 0;
  for (const { fragment_offset, fragment_length } of parts.sort(
    (a, b) => a.fragment_offset - b.fragment_offset,
  )) {
    if (fragment_offset > end) return false;
    end = Math.max(end, fragment_offset + fragment_length);
  }
  return end >= parts[0]!.length;
}
