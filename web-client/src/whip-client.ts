/**
 * WHIP (RFC 9725) in its smallest useful form: one POST, one DELETE, candidates gathered before the offer is sent, so that no PATCH is
 * needed. For pages that want no WebSocket; events still come on the `events` data channel.
 */
import { GatewayError } from './errors.js';
import { gatewayBase, problemOf } from './gateway-api.js';
import { EventGate, type SessionEvent } from './session-events.js';

export interface WhipOptions {
  /** The endpoint itself, such as `https://gateway.example/whip/voice-enhance`. */
  endpoint: string | URL;
  stream: MediaStream;
  /** Ask for the processed audio back (`sendrecv`); default true. */
  receive?: boolean;
  /** Sent as `Authorization: Bearer`. */
  token?: string;
  iceServers?: RTCIceServer[];
  onStream?: (stream: MediaStream) => void;
  onEvent?: (event: SessionEvent) => void;
}

/** Long enough for host candidates; a slower STUN server must not hold the call up. */
const GATHERING_DEADLINE_MS = 1000;

export class WhipClient {
  readonly peer: RTCPeerConnection;
  readonly #headers: Record<string, string>;
  #resource: URL | undefined;
  #closed = false;

  private constructor(options: WhipOptions) {
    this.#headers = options.token ? { authorization: `Bearer ${options.token}` } : {};
    this.peer = new RTCPeerConnection({ iceServers: options.iceServers ?? [], bundlePolicy: 'max-bundle' });
    for (const track of options.stream.getAudioTracks()) {
      const direction = options.receive === false ? 'sendonly' : 'sendrecv';
      this.peer.addTransceiver(track, { direction, streams: [options.stream] });
    }
    this.peer.ontrack = ({ track, streams }) => options.onStream?.(streams[0] ?? new MediaStream([track]));
    const gate = new EventGate();
    this.peer.createDataChannel('events', { ordered: true }).onmessage = ({ data }) => {
      const event = gate.admit(data);
      if (event) options.onEvent?.(event);
    };
  }

  /** Resolves when the answer is applied; ICE and DTLS then run (watch `peer`). Rejects with `GatewayError`, everything released. */
  static async publish(options: WhipOptions): Promise<WhipClient> {
    const client = new WhipClient(options);
    try {
      await client.#exchange(new URL(options.endpoint, gatewayBase('')));
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** Idempotent; ends the session at the gateway too. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.peer.close();
    if (this.#resource) {
      // Whether or not the DELETE arrives, the gateway notices the closed transport.
      await fetch(this.#resource, { method: 'DELETE', headers: this.#headers, keepalive: true }).catch(
        () => undefined,
      );
    }
  }

  async #exchange(endpoint: URL): Promise<void> {
    await this.peer.setLocalDescription();
    await gathered(this.peer);
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...this.#headers, 'content-type': 'application/sdp' },
      body: this.peer.localDescription!.sdp,
    }).catch((cause: unknown) => {
      throw new GatewayError('gateway_unreachable', { cause });
    });
    if (response.status !== 201) throw await problemOf(response);
    const location = response.headers.get('location');
    // RFC 9725 section 4.2: relative locations are resolved against the endpoint, after redirects.
    if (location !== null) this.#resource = new URL(location, response.url || endpoint);
    await this.peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  }
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHERING_DEADLINE_MS);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
