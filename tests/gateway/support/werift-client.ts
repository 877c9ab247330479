/** A client of the gateway made of werift, as an application would write it. */

import type { Session } from '@remotemedia/gateway';
import {
  CipherContext,
  type DtlsKeys,
  HashAlgorithm,
  MediaStreamTrack,
  NamedCurveAlgorithm,
  type RTCDataChannel,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  SignatureAlgorithm,
} from 'werift';

export interface ClientOptions {
  readonly direction?: 'sendrecv' | 'sendonly';
  /** A data channel with this label; null for none. */
  readonly channel?: string | null;
  /** Certificate and key to use; default: werift's own for the process. */
  readonly keys?: DtlsKeys;
}

export class WeriftClient {
  readonly peer: RTCPeerConnection;
  readonly track = new MediaStreamTrack({ kind: 'audio' });
  readonly channel: RTCDataChannel | undefined;
  readonly events: Record<string, unknown>[] = [];
  /** RTP that came back. */
  readonly received: { payload: Buffer; timestamp: number; sequenceNumber: number }[] = [];

  constructor({ direction = 'sendrecv', channel = 'events', keys }: ClientOptions = {}) {
    this.peer = new RTCPeerConnection({
      iceServers: [],
      // Otherwise werift makes a transport for each line and forgets to close all but one.
      bundlePolicy: 'max-bundle',
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1', '127.0.0.2'],
      ...(keys ? { dtls: { keys } } : {}),
      codecs: {
        audio: [
          new RTCRtpCodecParameters({
            mimeType: 'audio/opus',
            clockRate: 48_000,
            channels: 2,
            payloadType: 111,
            parameters: 'minptime=10;useinbandfec=1',
          }),
        ],
        video: [],
      },
    });
    this.peer.addTransceiver(this.track, { direction });
    this.peer.onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(({ payload, header }) => {
        this.received.push({ payload, timestamp: header.timestamp, sequenceNumber: header.sequenceNumber });
      });
    });
    this.peer.onDataChannel.subscribe((opened) => this.#listen(opened));
    if (channel !== null) {
      this.channel = this.peer.createDataChannel(channel);
      this.#listen(this.channel);
    }
  }

  /** Offers, with no public STUN server asked, and takes the answer. */
  async connect(session: Session, edit = (offer: string) => offer): Promise<string> {
    for (const transport of this.peer.iceTransports) delete transport.connection.stunServer;
    await this.peer.setLocalDescription(await this.peer.createOffer());
    const answer = await session.negotiate(edit(this.peer.localDescription!.sdp));
    await this.peer.setRemoteDescription({ type: 'answer', sdp: answer });
    return answer;
  }

  async close(): Promise<void> {
    await this.peer.close();
  }

  #listen(channel: RTCDataChannel): void {
    channel.onMessage.subscribe((message) => {
      this.events.push(JSON.parse(String(message)) as Record<string, unknown>);
    });
  }
}

/** Waits until `condition` holds; fails with `what` after `limitMs`. */
export async function until(
  condition: () => boolean,
  what: string | (() => string),
  limitMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`not within ${limitMs} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A self-signed ECDSA certificate and its key. */
export async function certificate(): Promise<DtlsKeys> {
  const { certPem, keyPem, signatureHash } = await CipherContext.createSelfSignedCertificateWithKey(
    { signature: SignatureAlgorithm.ecdsa_3, hash: HashAlgorithm.sha256_4 },
    NamedCurveAlgorithm.secp256r1_23,
  );
  return { certPem, keyPem, signatureHash };
}
