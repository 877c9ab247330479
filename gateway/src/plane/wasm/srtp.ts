/**
 * What comes from a peer opened, what goes to it protected. Replays are refused before any cryptography; state exists for authenticated
 * streams only. The ciphers are werift's.
 */
import { nativeError } from '@remotemedia/native-dsp';
import type { SrtpKeys } from '../../werift/peer-types.js';
import { SrtpCipher, WERIFT_SRTP_PROFILES } from '../../werift/srtp-cipher.js';
import type { Refusal } from './counters.js';
import { ReplayWindow, rolloverCounter } from './replay-window.js';

/** Streams in one direction of a session; further ones are refused. */
const MAX_STREAMS = 8;
const RTP_HEADER_BYTES = 12;
const RTCP_HEADER_BYTES = 8;
/** Length of the SRTCP index, and its bit that says "encrypted" (RFC 3711 3.4). */
const INDEX_BYTES = 4;
const ENCRYPTED = 0x8000_0000;
const MAX_RTCP_INDEX = 2 ** 31 - 1;
const MAX_INDEX = 2 ** 48;

export class Srtp {
  readonly #cipher: SrtpCipher;
  readonly #isGcm: boolean;
  readonly #rtpStreams = new Map<number, ReplayWindow>();
  readonly #rtcpStreams = new Map<number, ReplayWindow>();
  /** The index sent last, by SSRC. */
  readonly #sent = new Map<number, number>();
  #sentRtcpIndex = 0;

  /** @throws NativeError `unsupported_profile`, `invalid_keys`. */
  constructor(keys: SrtpKeys) {
    checkKeys(keys);
    this.#cipher = new SrtpCipher(keys);
    this.#isGcm = keys.profile === 7;
  }

  openRtp(packet: Buffer): Buffer | Refusal {
    if (!isRtp(packet, this.#cipher.tagBytes)) return 'srtp_malformed';
    const [sequence, ssrc] = [packet.readUInt16BE(2), packet.readUInt32BE(8)];
    const window = this.#rtpStreams.get(ssrc);
    if (!window && this.#rtpStreams.size === MAX_STREAMS) return 'srtp_too_many_streams';
    // A stream begins with rollover counter 0 (RFC 3711 3.3.1).
    const index = window ? window.indexOf(sequence) : sequence;
    if (index === undefined) return 'srtp_too_old';
    const refusal = window?.check(index);
    if (refusal) return refusal;
    const opened = authenticated(() => this.#cipher.openRtp(packet, rolloverCounter(index)));
    if (!opened) return 'srtp_unauthentic';
    accept(this.#rtpStreams, ssrc, window, index);
    return opened;
  }

  openRtcp(packet: Buffer): Buffer | Refusal {
    if (packet.length < RTCP_HEADER_BYTES + INDEX_BYTES + this.#cipher.tagBytes) return 'srtp_malformed';
    const ssrc = packet.readUInt32BE(4);
    // The index comes last with GCM (RFC 7714 9.2), before the tag otherwise.
    const trailer = packet.length - INDEX_BYTES - (this.#isGcm ? 0 : this.#cipher.tagBytes);
    const word = packet.readUInt32BE(trailer);
    // Against DTLS-SRTP (RFC 5764 4.1.2).
    if (word < ENCRYPTED) return 'srtp_not_encrypted';
    const index = word - ENCRYPTED;
    const window = this.#rtcpStreams.get(ssrc);
    if (!window && this.#rtcpStreams.size === MAX_STREAMS) return 'srtp_too_many_streams';
    const refusal = window?.check(index);
    if (refusal) return refusal;
    const opened = authenticated(() => this.#cipher.openRtcp(packet));
    if (!opened) return 'srtp_unauthentic';
    accept(this.#rtcpStreams, ssrc, window, index);
    return opened;
  }

  /**
   * Protects an RTP packet of the session. Undefined where its sequence number does not advance: two packets under one index would give the
   * key away (RFC 7714 10.1).
   */
  protectRtp(packet: Buffer): Buffer | undefined {
    const [sequence, ssrc] = [packet.readUInt16BE(2), packet.readUInt32BE(8)];
    const last = this.#sent.get(ssrc);
    if (last === undefined && this.#sent.size === MAX_STREAMS) return undefined;
    const step = last === undefined ? 0 : (sequence - last) & 0xffff;
    const index = last === undefined ? sequence : last + step;
    if (last !== undefined && (step === 0 || step >= 1 << 15 || index >= MAX_INDEX)) return undefined;
    this.#sent.set(ssrc, index);
    return this.#cipher.sealRtp(packet, rolloverCounter(index));
  }

  protectRtcp(packet: Buffer): Buffer | undefined {
    if (this.#sentRtcpIndex === MAX_RTCP_INDEX) return undefined;
    this.#sentRtcpIndex++;
    return this.#cipher.sealRtcp(packet, this.#sentRtcpIndex);
  }
}

/** @throws NativeError `unsupported_profile`, `invalid_keys`. */
function checkKeys({ profile, localKey, localSalt, remoteKey, remoteSalt }: SrtpKeys): void {
  const lengths = WERIFT_SRTP_PROFILES[profile];
  if (!lengths) {
    const id = `0x${profile.toString(16).padStart(4, '0')}`;
    throw nativeError('unsupported_profile', `SRTP profile ${id} is not supported`);
  }
  const { keyBytes, saltBytes } = lengths;
  for (const [what, given, needed] of [
    ['key', localKey, keyBytes],
    ['salt', localSalt, saltBytes],
    ['key', remoteKey, keyBytes],
    ['salt', remoteSalt, saltBytes],
  ] as const) {
    if (given.length === needed) continue;
    const message = `the master ${what} has ${given.length} octets, the profile needs ${needed}`;
    throw nativeError('invalid_keys', message);
  }
}

/** Whether the header ends before the tag begins (RFC 3550 5.1 and 5.3.1). */
function isRtp(packet: Buffer, tagBytes: number): boolean {
  const end = packet.length - tagBytes;
  if (end < RTP_HEADER_BYTES || packet[0]! >> 6 !== 2) return false;
  let header = RTP_HEADER_BYTES + 4 * (packet[0]! & 0x0f);
  if ((packet[0]! & 0x10) !== 0) {
    if (header + 4 > end) return false;
    header += 4 + 4 * packet.readUInt16BE(header + 2);
  }
  return header <= end;
}

function authenticated(open: () => Buffer): Buffer | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

function accept(
  streams: Map<number, ReplayWindow>,
  ssrc: number,
  window: ReplayWindow | undefined,
  index: number,
): void {
  if (window) window.accept(index);
  else streams.set(ssrc, new ReplayWindow(index));
}
