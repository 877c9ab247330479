/**
 * Proof that the peer holds the private key of the certificate it showed. werift compares the certificate's fingerprint with the SDP but
 * verifies no signature (RFC 5246 7.4.3 and 7.4.8), so anyone on the path who has seen the certificate could use it. The handshake that
 * werift keeps contains the signature: it is checked here, after the handshake and before any key is used.
 */
import { constants, verify, X509Certificate } from 'node:crypto';
import type { DtlsInternals } from './internals.js';

const SERVER_KEY_EXCHANGE = 12;
const CERTIFICATE_VERIFY = 15;
/** werift's `SessionType.SERVER`. */
const WE_ARE_SERVER = 2;

/** Throws unless the peer's signature over this handshake is right. */
export function verifyPossession(socket: DtlsInternals): void {
  const certificate = socket.cipher.remoteCertificate;
  if (!certificate) throw new Error('the peer sent no certificate');
  const { scheme, signature, signed } =
    socket.sessionType === WE_ARE_SERVER ? clientProof(socket) : serverProof(socket);
  const key = new X509Certificate(certificate).publicKey;
  const { digest, padding } = algorithm(scheme);
  if (!verify(digest, signed, padding === undefined ? key : { key, padding }, signature)) {
    throw new Error('the peer does not hold the key of its certificate');
  }
}

interface Proof {
  readonly scheme: number;
  readonly signature: Buffer;
  readonly signed: Buffer;
}

/** CertificateVerify signs every handshake message before it. */
function clientProof(socket: DtlsInternals): Proof {
  const messages = socket.dtls.sortedHandshakeCache;
  const at = messages.findIndex((message) => message.msg_type === CERTIFICATE_VERIFY);
  const body = messages[at]?.fragment;
  if (!body) throw new Error('the peer did not prove that it holds the key of its certificate');
  return {
    scheme: body.readUInt16BE(0),
    signature: body.subarray(4, 4 + body.readUInt16BE(2)),
    signed: Buffer.concat(messages.slice(0, at).map((message) => message.serialize())),
  };
}

/** ServerKeyExchange signs both randoms and the ephemeral key (RFC 8422 5.4). */
function serverProof(socket: DtlsInternals): Proof {
  const message = socket.dtls.sortedHandshakeCache.find(({ msg_type }) => msg_type === SERVER_KEY_EXCHANGE);
  if (!message) throw new Error('the peer sent no key exchange');
  const body = message.fragment;
  const end = 4 + body.readUInt8(3);
  const { localRandom, remoteRandom } = socket.cipher;
  return {
    scheme: body.readUInt16BE(end),
    signature: body.subarray(end + 4, end + 4 + body.readUInt16BE(end + 2)),
    signed: Buffer.concat([localRandom.serialize(), remoteRandom.serialize(), body.subarray(0, end)]),
  };
}

/** Signature schemes of RFC 8446 4.2.3, whose first byte is the hash of TLS 1.2. Nothing below SHA-256. */
function algorithm(scheme: number): { digest: string; padding?: number } {
  const pss: Record<number, string> = { 2052: 'sha256', 2053: 'sha384', 2054: 'sha512' };
  const digestOfPss = pss[scheme];
  if (digestOfPss) return { digest: digestOfPss, padding: constants.RSA_PKCS1_PSS_PADDING };
  const digest = { 4: 'sha256', 5: 'sha384', 6: 'sha512' }[scheme >> 8];
  const kind = scheme & 0xff;
  if (!digest || (kind !== 1 && kind !== 3)) {
    throw new Error(`the peer signs with the unsupported scheme 0x${scheme.toString(16)}`);
  }
  return { digest };
}
