/** A peer without ICE and DTLS: one socket that speaks SRTP with keys of its own choosing, straight to a media plane. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { MediaPlane, PlaneMediaOptions } from '@remotemedia/native-dsp';
import { Message, RtpHeader, SrtcpSession, SrtpSession } from 'werift';
import { until } from './werift-client.js';

const KEY_BYTES = 16;
const SALT_BYTES: Record<number, number> = { 1: 14, 7: 12 };
export const PEER_SSRC = 0xcafe;

export class RawPeer {
  /** What came, opened. */
  readonly rtp: Buffer[] = [];
  readonly rtcp: Buffer[] = [];
  /** Neither RTP nor RTCP. */
  readonly other: Buffer[] = [];
  readonly socket: Socket;
  readonly port: number;
  readonly #keys: {
    localMasterKey: Buffer;
    localMasterSalt: Buffer;
    remoteMasterKey: Buffer;
    remoteMasterSalt: Buffer;
  };
  readonly #srtp: SrtpSession;
  readonly #srtcp: SrtcpSession;

  private constructor(
    socket: Socket,
    readonly plane: MediaPlane,
    readonly handle: number,
    readonly ufrag: string,
    readonly profile: number,
  ) {
    this.socket = socket;
    this.port = socket.address().port;
    this.#keys = {
      localMasterKey: randomBytes(KEY_BYTES),
      localMasterSalt: randomBytes(SALT_BYTES[profile]!),
      remoteMasterKey: randomBytes(KEY_BYTES),
      remoteMasterSalt: randomBytes(SALT_BYTES[profile]!),
    };
    this.#srtp = new SrtpSession({ keys: this.#keys, profile: profile as 7 });
    this.#srtcp = new SrtcpSession({ keys: this.#keys, profile: profile as 7 });
    socket.on('message', (data) => {
      const type = data[1]! & 0x7f;
      if (data[0]! >> 6 !== 2) this.other.push(data);
      else if (type >= 64 && type < 96) this.rtcp.push(this.#srtcp.decrypt(data));
      else this.rtp.push(this.#srtp.decrypt(data));
    });
  }

  /** Opens a session; its STUN request makes the plane know this socket. */
  static async open(
    plane: MediaPlane,
    manifest: object,
    {
      profile = 7,
      inactivityMs = 500,
      pipeline,
      externals,
    }: { profile?: number; inactivityMs?: number; pipeline?: string; externals?: string } = {},
  ): Promise<RawPeer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const ufrag = randomBytes(6).toString('hex');
    const handle = plane.openSession({
      localUfrag: ufrag,
      manifest: JSON.stringify(manifest),
      inactivityMs,
      ...(pipeline !== undefined && { pipeline }),
      ...(externals !== undefined && { externals }),
    });
    return new RawPeer(socket, plane, handle, ufrag, profile);
  }

  /** What DTLS would have settled. */
  start(changes: Partial<PlaneMediaOptions> = {}): void {
    this.plane.startMedia(this.handle, {
      profile: this.profile,
      localKey: this.#keys.remoteMasterKey,
      localSalt: this.#keys.remoteMasterSalt,
      remoteKey: this.#keys.localMasterKey,
      remoteSalt: this.#keys.localMasterSalt,
      remoteAddress: '127.0.0.1',
      remotePort: this.port,
      send: true,
      receive: true,
      sendSsrc: 77,
      sendPayloadType: 111,
      receivePayloadType: 111,
      cname: 'plane',
      ...changes,
    });
  }

  /** Waits until the plane can take media: at once natively, with codecs made elsewhere. */
  async ready(): Promise<void> {
    const discarded = () => this.plane.planeStats().datagrams_dropped['media_not_started'] ?? 0;
    const received = () => this.plane.planeStats().datagrams_received;
    for (let last = -1; last !== discarded(); ) {
      last = discarded();
      const before = received();
      // A report that says nothing.
      this.send(this.sealRtcp(emptyReport()));
      await until(() => received() > before, 'the plane reads');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** An audio packet, protected. */
  sealRtp(sequence: number, payload: Buffer, ssrc = PEER_SSRC): Buffer {
    const header = new RtpHeader({
      payloadType: 111,
      sequenceNumber: sequence & 0xffff,
      timestamp: (sequence * 960) >>> 0,
      ssrc,
    });
    return this.#srtp.encrypt(payload, header);
  }

  sealRtcp(packet: Buffer): Buffer {
    return this.#srtcp.encrypt(packet);
  }

  send(data: Uint8Array): void {
    this.socket.send(data, this.plane.port, '127.0.0.1');
  }

  stunRequest(ufrag = this.ufrag): Buffer {
    const request = new Message(1, 0);
    request.setAttribute('USERNAME', `${ufrag}:peer`);
    return request.bytes;
  }

  close(): void {
    this.socket.close();
  }
}

export function emptyReport(): Buffer {
  return Buffer.from('80c90001cafe0000', 'hex');
}
