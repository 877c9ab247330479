/**
 * One call to the gateway: local audio up, processed audio and events back. `connect` once, listen with `on`, `close` when done; for the
 * next call make a new client. It stops nothing it did not open itself: the caller's stream stays the caller's.
 */
import type { PipelineMetrics, SessionStatistics } from '@remotemedia/signaling/protocol';
import { type ConnectionPhase, transportPhase } from './connection-phase.js';
import { GatewayError } from './errors.js';
import { GatewayApi } from './gateway-api.js';
import { type MicrophoneOptions, openMicrophone } from './microphone.js';
import { EventGate, type SessionEvent } from './session-events.js';
import { SignalingChannel } from './signaling-channel.js';
import { readTransportStatistics, type TransportStatistics } from './statistics.js';
import { TypedEmitter } from './typed-emitter.js';

export interface ConnectOptions {
  /** Address of the gateway (`http:`, `https:`, `ws:` or `wss:`). */
  url: string | URL;
  /** Audio to send; with none of the three the microphone is opened with its defaults. */
  stream?: MediaStream;
  track?: MediaStreamTrack;
  microphone?: MicrophoneOptions;
  /** Name of a configured pipeline, or a manifest of one's own; default: the gateway's default pipeline. */
  pipeline?: string;
  manifest?: object;
  peerId?: string;
  iceServers?: RTCIceServer[];
  /** Until media flows. Default 15 000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface GatewayClientEvents {
  phase: ConnectionPhase;
  event: SessionEvent;
  /** The processed audio, as soon as the browser has a track for it. */
  stream: MediaStream;
  /** Once, at the end; without an error when `close()` was called. */
  closed: { error: GatewayError | null };
}

export interface ConnectionStatistics {
  transport: TransportStatistics;
  /** Null while the gateway has none, or when it cannot be asked. */
  session: SessionStatistics | null;
}

export class GatewayClient extends TypedEmitter<GatewayClientEvents> {
  readonly #gate = new EventGate();
  readonly #abort = new AbortController();
  #phase: ConnectionPhase = 'idle';
  #peer: RTCPeerConnection | undefined;
  #signaling: SignalingChannel | undefined;
  #api: GatewayApi | undefined;
  #ownTracks: MediaStreamTrack[] = [];
  #remoteStream: MediaStream | null = null;
  #sessionId: string | null = null;
  #mediaPoll: ReturnType<typeof setInterval> | undefined;
  /** The server may name its candidates before its answer has been applied. */
  #earlyCandidates: RTCIceCandidateInit[] | undefined = [];
  #settle: ((error: GatewayError | null) => void) | undefined;

  get phase(): ConnectionPhase {
    return this.#phase;
  }
  get remoteStream(): MediaStream | null {
    return this.#remoteStream;
  }
  get sessionId(): string | null {
    return this.#sessionId;
  }
  /** Events that were numbered but never arrived. */
  get missingEvents(): number {
    return this.#gate.missing;
  }

  /** Resolves when media flows. Rejects with `GatewayError`, and then everything is released already. */
  async connect(options: ConnectOptions): Promise<void> {
    if (this.#phase !== 'idle') throw new GatewayError('protocol', { detail: 'connect() was called twice' });
    if (typeof RTCPeerConnection === 'undefined') throw new GatewayError('webrtc_unsupported');
    const timer = setTimeout(() => this.#fail(this.#timeoutError()), options.timeoutMs ?? 15_000);
    const settled = new Promise<void>((resolve, reject) => {
      this.#settle = (error) => (error === null ? resolve() : reject(error));
    });
    options.signal?.addEventListener('abort', () => this.close(), { once: true, signal: this.#abort.signal });
    if (options.signal?.aborted) this.close();
    try {
      await Promise.all([
        settled,
        this.#negotiate(options).catch((error) => this.#fail(asGatewayError(error))),
      ]);
    } finally {
      clearTimeout(timer);
    }
  }

  async stats(): Promise<ConnectionStatistics> {
    const [report, view] = await Promise.all([
      this.#peer?.getStats(),
      this.#sessionId && this.#api?.session(this.#sessionId, this.#abort.signal).catch(() => null),
    ]);
    return {
      transport: readTransportStatistics((report ?? new Map()) as unknown as Iterable<[string, unknown]>),
      session: view ? view.statistics : null,
    };
  }

  /** What the nodes of the session cost; null where the gateway does not measure, or cannot be asked. */
  async metrics(): Promise<PipelineMetrics | null> {
    if (!this.#sessionId || !this.#api) return null;
    return this.#api.metrics(this.#sessionId, this.#abort.signal).catch(() => null);
  }

  /** Idempotent. Hangs up, closes the socket, stops the tracks that this client opened. */
  close(): void {
    this.#finish(null);
  }

  async #negotiate(options: ConnectOptions): Promise<void> {
    this.#setPhase('signaling');
    this.#api = new GatewayApi(options.url);
    const stream = await this.#localStream(options);
    this.#throwIfClosed();
    this.#signaling = await SignalingChannel.open(
      options.url,
      options.peerId ?? `browser-${randomId()}`,
      {
        onEvent: (event) => this.#receiveEvent(event),
        onRemoteCandidate: (candidate) => this.#addCandidate(candidate),
        onDisconnected: (reason) => this.#fail(new GatewayError('session_closed', { detail: reason })),
        onLost: () => this.#fail(new GatewayError('signaling_lost')),
      },
      this.#abort.signal,
    );
    this.#throwIfClosed();
    const peer = this.#createPeer(stream, options.iceServers ?? []);
    await peer.setLocalDescription();
    const { pipeline, manifest } = options;
    const answer = await this.#signaling.offer(peer.localDescription!.sdp, {
      ...(pipeline === undefined ? {} : { pipeline }),
      ...(manifest === undefined ? {} : { manifest }),
    });
    this.#throwIfClosed();
    this.#sessionId ??= answer.sessionId;
    this.#setPhase('ice');
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    const early = this.#earlyCandidates ?? [];
    this.#earlyCandidates = undefined;
    for (const candidate of early) this.#addCandidate(candidate);
  }

  async #localStream({ stream, track, microphone }: ConnectOptions): Promise<MediaStream> {
    if (stream) return stream;
    if (track) return new MediaStream([track]);
    const own = await openMicrophone(microphone);
    this.#ownTracks = own.getTracks();
    if (this.#phase === 'closed') for (const track of this.#ownTracks) track.stop();
    return own;
  }

  #createPeer(stream: MediaStream, iceServers: RTCIceServer[]): RTCPeerConnection {
    const peer = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.#peer = peer;
    const [track] = stream.getAudioTracks();
    if (!track) throw new GatewayError('microphone_missing', { detail: 'the stream has no audio track' });
    peer.addTransceiver(track, { direction: 'sendrecv', streams: [stream] });
    const events = peer.createDataChannel('events', { ordered: true });
    events.onmessage = ({ data }) => this.#receiveEvent(data);
    peer.onicecandidate = ({ candidate }) => this.#signaling?.sendCandidate(candidate);
    peer.ontrack = ({ track, streams }) => {
      this.#remoteStream = streams[0] ?? new MediaStream([track]);
      this.emit('stream', this.#remoteStream);
    };
    peer.oniceconnectionstatechange = () => this.#transportChanged();
    peer.onconnectionstatechange = () => this.#transportChanged();
    return peer;
  }

  #transportChanged(): void {
    if (!this.#peer || this.#phase === 'closed' || this.#phase === 'signaling') return;
    const phase = transportPhase(this.#peer.iceConnectionState, this.#peer.connectionState);
    const established = this.#settle === undefined;
    if (phase === 'ice_failed' || phase === 'dtls_failed') {
      this.#fail(new GatewayError(established ? 'connection_lost' : phase));
    } else if (phase === 'media') {
      if (established) this.#setPhase('connected');
      else this.#awaitMedia();
    } else if (!established || phase === 'interrupted') {
      this.#setPhase(phase);
    }
  }

  /**
   * Media flows when the first processed packet is here, or the session says it started (a pipeline may give no audio back). A browser's
   * `unmute` event would tell the former, but Chromium fires it before any packet.
   */
  #awaitMedia(): void {
    if (this.#mediaPoll !== undefined) return;
    this.#setPhase('media');
    this.#mediaPoll = setInterval(() => {
      void this.#peer?.getStats().then((report) => {
        const { packetsReceived } = readTransportStatistics(report as unknown as Iterable<[string, unknown]>);
        if (packetsReceived > 0) this.#established();
      });
    }, 100);
  }

  #established(): void {
    clearInterval(this.#mediaPoll);
    const settle = this.#settle;
    if (!settle || this.#phase === 'closed') return;
    this.#settle = undefined;
    this.#setPhase('connected');
    settle(null);
  }

  #receiveEvent(data: unknown): void {
    const event = this.#gate.admit(data);
    if (!event || this.#phase === 'closed') return;
    this.#sessionId ??= event.session_id;
    this.emit('event', event);
    if (event.type === 'session_closed') {
      const code = event.code === 'shutdown' ? 'gateway_stopped' : 'session_closed';
      this.#fail(new GatewayError(code, { detail: event.message || event.reason }));
    } else if (this.#phase === 'media') this.#established();
  }

  #addCandidate(candidate: RTCIceCandidateInit): void {
    if (this.#earlyCandidates) this.#earlyCandidates.push(candidate);
    // A candidate this browser cannot use (a `.local` name, TCP) is no failure: others remain.
    else void this.#peer?.addIceCandidate(candidate).catch(() => undefined);
  }

  #timeoutError(): GatewayError {
    if (this.#phase === 'ice') return new GatewayError('ice_failed', { detail: 'no path was found in time' });
    if (this.#phase === 'dtls') return new GatewayError('dtls_failed', { detail: 'no answer in time' });
    return new GatewayError('timeout', { detail: `while in the phase "${this.#phase}"` });
  }

  #setPhase(phase: ConnectionPhase): void {
    if (this.#phase === phase || this.#phase === 'closed') return;
    this.#phase = phase;
    this.emit('phase', phase);
  }

  #throwIfClosed(): void {
    if (this.#phase === 'closed') throw new GatewayError('cancelled');
  }

  #fail(error: GatewayError): void {
    this.#finish(error);
  }

  #finish(error: GatewayError | null): void {
    if (this.#phase === 'closed') return;
    this.#setPhase('closed');
    clearInterval(this.#mediaPoll);
    this.#signaling?.close();
    this.#abort.abort(new GatewayError('cancelled'));
    this.#peer?.close();
    for (const track of this.#ownTracks) track.stop();
    this.#settle?.(error ?? new GatewayError('cancelled'));
    this.#settle = undefined;
    this.emit('closed', { error });
    this.removeAllListeners();
  }
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('protocol', {
    detail: error instanceof Error ? error.message : String(error),
    cause: error,
  });
}

/** Not `crypto.randomUUID`: that exists only in secure contexts, and a file can be sent from any. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
