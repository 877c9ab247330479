/**
 * Record numbers of DTLS that never repeat. werift sends its Finished as, say, record 8 of epoch 1 and then counts that epoch from 0, so
 * its eighth record of data has the same number: the client takes it for a replay and throws it away (RFC 6347 4.1.2.6), and SCTP sends
 * the data again a second later. Worse, with AES-GCM both are encrypted with one nonce (RFC 5288 3), which gives the authentication key
 * away. Used by `PeerTransport` alone.
 */
import type { DtlsInternals } from './internals.js';

/** Lets the socket count on where werift would start anew. A number may be left out, and an epoch need not begin with 0. */
export function keepRecordNumbersUnique({ dtls }: DtlsInternals): void {
  let last = dtls.recordSequenceNumber;
  Object.defineProperty(dtls, 'recordSequenceNumber', {
    get: () => last,
    set: (next: number) => {
      last = Math.max(last, next);
    },
  });
}
