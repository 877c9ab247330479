/** A client of the gateway made of real libwebrtc (@roamhq/wrtc): what a browser does, without a browser. */
import { createRequire } from 'node:module';
import type { Session } from '@remotemedia/gateway';

/** The part of the browser's API used here; the package ships no types for its nonstandard part. */
interface Wrtc {
  RTCPeerConnection: new (configuration?: object) => BrowserPeer;
  nonstandard: {
    RTCAudioSource: new () => AudioSource;
    RTCAudioSink: new (track: unknown) => AudioSink;
  };
}

interface BrowserPeer {
  readonly connectionState: string;
  readonly localDescription: { readonly sdp: string };
  onicecandidate: ((event: { candidate: IceCandidate | null }) => void) | null;
  ontrack: ((event: { track: unknown }) => void) | null;
  ondatachannel: ((event: { channel: BrowserChannel }) => void) | null;
  addTransceiver(trackOrKind: unknown, options: object): unknown;
  createDataChannel(label: string): BrowserChannel;
  createOffer(): Promise<{ type: string; sdp: string }>;
  setLocalDescription(description: object): Promise<void>;
  setRemoteDescription(description: object): Promise<void>;
  close(): void;
}

interface IceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
}

interface BrowserChannel {
  readonly readyState: string;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(data: string): void;
}

interface AudioSource {
  createTrack(): { stop(): void };
  onData(data: AudioData): void;
}

export interface AudioData {
  samples: Int16Array;
  sampleRate: number;
  bitsPerSample?: number;
  channelCount: number;
  numberOfFrames: number;
}

interface AudioSink {
  ondata: ((data: AudioData) => void) | null;
  stop(): void;
}

const wrtc = createRequire(import.meta.url)('@roamhq/wrtc') as Wrtc;

export interface LibwebrtcOptions {
  /** The audio lines of the offer, in order. */
  readonly audio?: readonly ('sendrecv' | 'sendonly' | 'recvonly')[];
  readonly video?: boolean;
  readonly channel?: string | null;
  /** Called with each 10 ms frame that comes back. */
  readonly onAudio?: (data: AudioData) => void;
}

export class LibwebrtcClient {
  readonly peer: BrowserPeer;
  readonly source = new wrtc.nonstandard.RTCAudioSource();
  readonly events: Record<string, unknown>[] = [];
  channel: BrowserChannel | undefined;
  channelClosed = false;
  readonly #track = this.source.createTrack();
  readonly #sinks: AudioSink[] = [];

  constructor({ audio = ['sendrecv'], video = false, channel = 'events', onAudio }: LibwebrtcOptions = {}) {
    this.peer = new wrtc.RTCPeerConnection({ iceServers: [] });
    if (video) this.peer.addTransceiver('video', { direction: 'recvonly' });
    for (const direction of audio) {
      this.peer.addTransceiver(direction === 'recvonly' ? 'audio' : this.#track, { direction });
    }
    this.peer.ontrack = ({ track }) => {
      if (!onAudio) return;
      const sink = new wrtc.nonstandard.RTCAudioSink(track);
      sink.ondata = onAudio;
      this.#sinks.push(sink);
    };
    this.peer.ondatachannel = ({ channel: opened }) => this.#listen(opened);
    if (channel !== null) this.#listen(this.peer.createDataChannel(channel));
  }

  async offer(): Promise<string> {
    const offer = await this.peer.createOffer();
    await this.peer.setLocalDescription(offer);
    return offer.sdp;
  }

  /** Offers without candidates and trickles them, as browsers do. */
  async connect(session: Session): Promise<string> {
    this.peer.onicecandidate = ({ candidate }) => {
      session
        .addIceCandidate(candidate && { candidate: candidate.candidate, sdpMid: candidate.sdpMid })
        .catch(() => {});
    };
    const answer = await session.negotiate(await this.offer());
    await this.peer.setRemoteDescription({ type: 'answer', sdp: answer });
    return answer;
  }

  close(): void {
    for (const sink of this.#sinks) sink.stop();
    this.#track.stop();
    this.peer.close();
  }

  #listen(channel: BrowserChannel): void {
    this.channel = channel;
    channel.onmessage = ({ data }) => {
      this.events.push(JSON.parse(String(data)) as Record<string, unknown>);
    };
    channel.onclose = () => {
      this.channelClosed = true;
    };
  }
}
