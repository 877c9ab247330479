/** Where sequence numbers and timestamps begin: at random (RFC 3550 5.1). */
import { randomInt } from 'node:crypto';

export function firstNumbers(): { readonly firstSequence: number; readonly firstTimestamp: number } {
  // Below 2^15, so that the receiver's rollover counter cannot start wrong by one lost packet (RFC 3711 3.3.1).
  return { firstSequence: randomInt(1 << 15), firstTimestamp: randomInt(2 ** 32) };
}
