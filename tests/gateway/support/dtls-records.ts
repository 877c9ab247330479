/** DTLS records in datagrams (RFC 6347 4.1). */

const HEADER_BYTES = 13;

export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  readonly number: number;
  /** Message type, of a handshake record that is not encrypted. */
  readonly message: number | undefined;
}

export const CHANGE_CIPHER_SPEC = 20;
export const HANDSHAKE = 22;

export function dtlsRecords(datagram: Buffer): DtlsRecord[] {
  const records: DtlsRecord[] = [];
  if (datagram[0]! < 20 || datagram[0]! > 63) return records;
  for (let at = 0; at < datagram.length; at += HEADER_BYTES + datagram.readUInt16BE(at + 11)) {
    const type = datagram[at]!;
    const epoch = datagram.readUInt16BE(at + 3);
    const message = type === HANDSHAKE && epoch === 0 ? datagram[at + HEADER_BYTES] : undefined;
    records.push({ type, epoch, number: datagram.readUIntBE(at + 5, 6), message });
  }
  return records;
}

/** Whether the datagram has the handshake message, or, for `finished`, an encrypted one. */
export function carries(datagram: Buffer, wanted: number | 'change_cipher_spec' | 'finished'): boolean {
  return dtlsRecords(datagram).some(({ type, epoch, message }) => {
    if (wanted === 'change_cipher_spec') return type === CHANGE_CIPHER_SPEC;
    if (wanted === 'finished') return type === HANDSHAKE && epoch > 0;
    return message === wanted;
  });
}

const MESSAGE_HEADER_BYTES = 12;

/** A datagram with one plain handshake message as `count` datagrams with a fragment each (RFC 6347 4.2.3). */
export function fragmented(datagram: Buffer, count: number): Buffer[] {
  const header = datagram.subarray(0, HEADER_BYTES + MESSAGE_HEADER_BYTES);
  const body = datagram.subarray(header.length);
  const bytes = Math.ceil(body.length / count);
  return Array.from({ length: count }, (_, i) => {
    const part = body.subarray(i * bytes, (i + 1) * bytes);
    const fragment = Buffer.concat([header, part]);
    fragment.writeUInt16BE(MESSAGE_HEADER_BYTES + part.length, HEADER_BYTES - 2);
    fragment.writeUIntBE(i * bytes, HEADER_BYTES + 6, 3);
    fragment.writeUIntBE(part.length, HEADER_BYTES + 9, 3);
    return fragment;
  });
}
