/**
 * What of a DTLS datagram may reach werift once keys exist: the records that are encrypted (RFC 6347 4.1). werift would restart on a plain
 * ClientHello, close on a plain alert, also where its header claims to be encrypted, and close on a type that it does not know.
 * A datagram may have both kinds: a client that has not got our last flight repeats its own, which begins plain and ends with an encrypted
 * Finished; that is what asks for our flight again (RFC 6347 4.2.4), and nobody can forge it. Used by `Inbound` alone. Hostile input.
 */
import type { DtlsInternals } from './internals.js';

const HEADER_BYTES = 13;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;

/** Calls `take` with each such record, and `refuse` with the reason for each other one. */
export function encryptedRecords(
  datagram: Buffer,
  socket: DtlsInternals,
  take: (record: Buffer) => void,
  refuse: (reason: string) => void,
): void {
  for (let at = 0; at < datagram.length; ) {
    const body = at + HEADER_BYTES;
    const end = body > datagram.length ? body : body + datagram.readUInt16BE(body - 2);
    if (end > datagram.length) {
      refuse('dtls_malformed');
      return;
    }
    const record = datagram.subarray(at, end);
    const type = record[0];
    if (record.readUInt16BE(3) === 0) refuse('dtls_plaintext');
    else if (type === HANDSHAKE || type === APPLICATION_DATA) take(record);
    else if (type === ALERT && isAuthentic(record, socket)) take(record);
    else refuse('dtls_forged');
    at = end;
  }
}

/** werift opens the other two types itself before it believes them. */
function isAuthentic(record: Buffer, { cipher }: DtlsInternals): boolean {
  try {
    cipher.decryptPacket({
      recordLayerHeader: {
        contentType: record[0]!,
        protocolVersion: { major: record[1]!, minor: record[2]! },
        epoch: record.readUInt16BE(3),
        sequenceNumber: record.readUIntBE(5, 6),
      },
      fragment: record.subarray(HEADER_BYTES),
    });
    return true;
  } catch {
    return false;
  }
}
