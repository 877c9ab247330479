/**
 * werift's SRTP and SRTCP ciphers (node:crypto beneath), without its bookkeeping: it takes a jump of more than a hundred packets around the
 * wrap of the sequence number for another rollover, and knows no replays. Who uses this keeps the indices: `plane/wasm/srtp.ts`.
 */
import { ProtectionProfileAeadAes128Gcm, type RtpHeader, SrtcpSession, SrtpSession } from 'werift';
import type { SrtpKeys } from './peer-types.js';

/** `SRTP_AES128_CM_HMAC_SHA1_80` (RFC 5764) and `SRTP_AEAD_AES_128_GCM` (RFC 7714): werift 0.25.2 has no 256-bit one. */
export const WERIFT_SRTP_PROFILES: Readonly<Record<number, { keyBytes: number; saltBytes: number }>> = {
  1: { keyBytes: 16, saltBytes: 14 },
  7: { keyBytes: 16, saltBytes: 12 },
};

const RTP_HEADER_BYTES = 12;

export class SrtpCipher {
  /** Added to an RTP packet. */
  readonly tagBytes: number;
  readonly #srtp: SrtpSession;
  readonly #srtcp: SrtcpSession;

  /** @param keys of one of {@link WERIFT_SRTP_PROFILES}, with the lengths stated there. */
  constructor({ profile, ...keys }: SrtpKeys) {
    const config = {
      profile: profile as ConstructorParameters<typeof SrtpSession>[0]['profile'],
      keys: {
        localMasterKey: keys.localKey,
        localMasterSalt: keys.localSalt,
        remoteMasterKey: keys.remoteKey,
        remoteMasterSalt: keys.remoteSalt,
      },
    };
    this.#srtp = new SrtpSession(config);
    this.#srtcp = new SrtcpSession(config);
    this.tagBytes = profile === ProtectionProfileAeadAes128Gcm ? 16 : 10;
  }

  /** @throws where authentication fails. */
  openRtp(packet: Buffer, rolloverCounter: number): Buffer {
    return this.#srtp.remoteContext.cipher.decryptRtp(packet, rolloverCounter)[0];
  }

  /** @throws where authentication fails. */
  openRtcp(packet: Buffer): Buffer {
    return this.#srtcp.remoteContext.cipher.decryptRTCP(packet)[0];
  }

  /** Protects a packet with a header of 12 bytes. */
  sealRtp(packet: Buffer, rolloverCounter: number): Buffer {
    const header = packet.subarray(0, RTP_HEADER_BYTES);
    // What werift's ciphers use of a header.
    const view = {
      serializeSize: RTP_HEADER_BYTES,
      serialize: () => header,
      sequenceNumber: packet.readUInt16BE(2),
      ssrc: packet.readUInt32BE(8),
    } as unknown as RtpHeader;
    const payload = packet.subarray(RTP_HEADER_BYTES);
    return this.#srtp.localContext.cipher.encryptRtp(view, payload, rolloverCounter);
  }

  sealRtcp(packet: Buffer, index: number): Buffer {
    return this.#srtcp.localContext.cipher.encryptRTCP(packet, index);
  }
}
