/**
 * A session on the media plane: werift negotiates, its keys go down, events come up. Every way to end it leads through `close`. Made by
 * the gateway; what it promises is in `session.ts`.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { NodeState, PipelineMetrics } from '@remotemedia/native-dsp';
import type { NodeCalls, RuntimeName } from '@remotemedia/pipeline';
import type { PublishedMessage, Subscription, TopicListener } from '../control/topic-board.js';
import { GatewayError } from '../errors.js';
import type { GatewayLog } from '../log.js';
import type { PlanePort } from '../plane/plane-port.js';
import { writeAnswer } from '../sdp/answer.js';
import { writeCandidate } from '../sdp/candidate.js';
import { parseOffer } from '../sdp/offer.js';
import { type AnswerPlan, planAnswer } from '../sdp/plan.js';
import { PeerTransport } from '../werift/peer-transport.js';
import type { SelectedPair } from '../werift/peer-types.js';
import type { AnnouncedAddress } from '../werift/virtual-udp.js';
import {
  CLIENT_CLOSED,
  CONNECTION_LOST,
  connectFailure,
  connectTimeout,
  DELETED,
  INTERNAL,
  negotiationTimeout,
} from './close-info.js';
import { EventLink } from './event-link.js';
import type { CloseInfo } from './events.js';
import { mediaOptions, type SenderIdentity, senderIdentity } from './media-options.js';
import { RemoteCandidates } from './remote-candidates.js';
import type { IceCandidateInit, Session, SessionEvents, SessionState, UtteranceInfo } from './session.js';
import { SessionPipeline, type SessionPipelineOptions } from './session-pipeline.js';
import type { SessionStatistics, SessionView, TransportKind } from './statistics.js';

/** For the speech that the end of the input closes: one turn of the plane, with room for a busy machine. */
const LAST_EVENTS_MS = 30;
/** For the client to acknowledge `session_closed`: usually a round trip; with a lost packet SCTP's shortest retransmission, 1 s. */
const FAREWELL_MS = 1500;

export interface PeerSessionOptions extends Omit<SessionPipelineOptions, 'sessionId' | 'ufrag'> {
  /** Null for an inline manifest. */
  readonly pipeline: string | null;
  /** Whether its graph gives audio. */
  readonly givesAudio: boolean;
  /** What `session_started` tells. */
  readonly runtime: RuntimeName;
  readonly transport: TransportKind;
  readonly peerId: string | null;
  readonly createdAt: Date;
  readonly addresses: readonly AnnouncedAddress[];
  readonly negotiateTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly log: GatewayLog;
  /** Told of each datagram, or record, of the client's ICE and DTLS that was thrown away. */
  readonly onRefused?: ((reason: string) => void) | undefined;
}

export class PeerSession extends EventEmitter<SessionEvents> implements Session {
  readonly id = `ses_${randomBytes(16).toString('hex')}`;
  readonly pipeline: string | null;
  readonly transport: TransportKind;
  readonly peerId: string | null;
  readonly createdAt: Date;
  readonly #options: PeerSessionOptions;
  readonly #port: PlanePort;
  readonly #peer: PeerTransport;
  readonly #candidates: RemoteCandidates;
  readonly #link: EventLink;
  readonly #pipeline: SessionPipeline;
  #state: SessionState = 'new';
  #timer: NodeJS.Timeout | undefined;
  #negotiated = false;
  #remoteUfrag: string | null = null;
  #remoteAddress: string | null = null;
  #closing: Promise<void> | undefined;
  #closeInfo: CloseInfo | null = null;

  /** @throws NativeError for a manifest that does not compile, or a plane without room. */
  constructor(options: PeerSessionOptions, port: PlanePort) {
    super();
    this.#options = options;
    this.pipeline = options.pipeline;
    this.transport = options.transport;
    this.peerId = options.peerId;
    this.createdAt = options.createdAt;
    this.#port = port;
    this.#peer = this.#createPeer();
    this.#candidates = new RemoteCandidates(this.#peer);
    this.#link = new EventLink(this.#peer.sctp);
    try {
      this.#pipeline = new SessionPipeline(
        { ...options, sessionId: this.id, ufrag: this.#peer.ufrag },
        port,
        this.#link,
        {
          datagram: ({ data, address, port: from, localAddress }) =>
            this.#peer.receive(data, address, from, localAddress),
          event: (event) => this.#tell('event', event),
          ended: (info) => void this.close(info),
          failed: (error) => this.#failed(error),
        },
      );
    } catch (error) {
      void this.#peer.close();
      throw error;
    }
    this.#closeAfter(options.negotiateTimeoutMs, () => negotiationTimeout(options.negotiateTimeoutMs));
  }

  get state(): SessionState {
    return this.#state;
  }

  get remoteAddress(): string | null {
    return this.#remoteAddress;
  }

  get closeInfo(): CloseInfo | null {
    return this.#closeInfo;
  }

  get localUfrag(): string {
    return this.#peer.ufrag;
  }

  get remoteUfrag(): string | null {
    return this.#remoteUfrag;
  }

  async negotiate(offerSdp: string): Promise<string> {
    this.#assertOpen();
    if (this.#negotiated) {
      throw new GatewayError('already_negotiated', 'this session has been negotiated already');
    }
    const offer = parseOffer(offerSdp);
    const plan = planAnswer(offer, this.#options.givesAudio);
    this.#negotiated = true;
    const fingerprint = await PeerTransport.fingerprint();
    this.#assertOpen();
    const { ufrag, password, localCandidates: candidates } = this.#peer;
    const sender = senderIdentity();
    const originId = randomBytes(6).readUIntBE(0, 6).toString();
    const answer = writeAnswer(offer, plan, {
      originId,
      ufrag,
      password,
      fingerprint,
      candidates,
      ...sender,
    });
    this.#peer.setRemote(plan.remote);
    this.#remoteUfrag = plan.remote.ufrag;
    for (const candidate of offer.sections.flatMap((section) => section.candidates))
      this.#candidates.add(candidate);
    if (!plan.dataChannel) this.#link.disable();
    this.#setState('connecting');
    const { connectTimeoutMs } = this.#options;
    this.#closeAfter(connectTimeoutMs, () =>
      connectTimeout(this.#peer.phase, connectTimeoutMs, this.#candidates.tried),
    );
    void this.#connect(plan, sender);
    // After the caller has passed the answer on.
    setImmediate(() => this.#announceCandidates(plan));
    return answer;
  }

  async addIceCandidate(candidate: IceCandidateInit | null): Promise<void> {
    this.#assertOpen();
    this.#candidates.trickle(candidate);
  }

  statistics(): SessionStatistics {
    return this.#pipeline.statistics();
  }

  metrics(): PipelineMetrics | null {
    const metrics = this.#pipeline.metrics();
    return metrics && { ...metrics, pipeline_id: this.pipeline };
  }

  /** Its part of the totals; what its graph costs is the plane's to add up. */
  calls(): readonly NodeCalls[] {
    return this.#pipeline.calls();
  }

  view(): SessionView {
    return {
      id: this.id,
      state: this.#state,
      pipeline: this.pipeline,
      created_at: this.createdAt.toISOString(),
      transport: this.transport,
      peer_id: this.peerId,
      remote_address: this.#remoteAddress,
      statistics: this.statistics(),
    };
  }

  utterances(): readonly UtteranceInfo[] {
    return this.#pipeline.utterances();
  }

  utterance(index: number): Uint8Array | undefined {
    return this.#pipeline.utterance(index);
  }

  endInput(reason: 'mute' | 'track_ended' | 'flush'): void {
    if (this.#state === 'connected' && !this.#closing) {
      this.#plane(() => this.#pipeline.endInput(reason));
    }
  }

  subscribe(topic: string, listener: TopicListener, { audio = false } = {}): Subscription {
    this.#assertOpen();
    return this.#pipeline.control.subscribe(topic, audio, listener);
  }

  setNodeState(nodeId: string, state: NodeState): void {
    this.#assertOpen();
    this.#pipeline.control.setNodeState(nodeId, state);
  }

  async publish(topic: string, message: PublishedMessage): Promise<void> {
    this.#assertOpen();
    await this.#pipeline.control.publish(topic, message);
  }

  async flushAudio(): Promise<number> {
    this.#assertOpen();
    return this.#pipeline.control.flushAudio();
  }

  close(info: Partial<CloseInfo> = {}): Promise<void> {
    this.#closing ??= this.#shutDown({ ...DELETED, ...info });
    return this.#closing;
  }

  #createPeer(): PeerTransport {
    return new PeerTransport({
      addresses: this.#options.addresses,
      port: this.#port.plane.port,
      send: (...datagram) =>
        this.#plane(() => this.#port.plane.sendDatagram(this.#pipeline.handle, ...datagram)),
      onPairChanged: (pair) => this.#moveTo(pair),
      onRefused: this.#options.onRefused,
      onLost: (how) => void this.close(how === 'client_closed' ? CLIENT_CLOSED : CONNECTION_LOST),
    });
  }

  async #connect(plan: AnswerPlan, sender: SenderIdentity): Promise<void> {
    try {
      await this.#peer.connect();
      if (this.#closing) return;
      this.#pipeline.start(mediaOptions(plan, sender, this.#peer));
      clearTimeout(this.#timer);
      this.#remoteAddress = addressOf(this.#peer.selectedPair);
      this.#setState('connected');
      this.#pipeline.tell('session_started', 0, { pipeline: this.pipeline, runtime: this.#options.runtime });
    } catch (error) {
      if (this.#closing) return;
      if (this.#peer.phase === 'connected') this.#failed(error);
      else void this.close(connectFailure(this.#peer.phase, error, this.#candidates.tried));
    }
  }

  #moveTo(pair: SelectedPair): void {
    const { remoteAddress, remotePort, localAddress } = pair;
    this.#remoteAddress = addressOf(pair);
    this.#plane(() =>
      this.#port.plane.setRemoteAddress(this.#pipeline.handle, remoteAddress, remotePort, localAddress),
    );
  }

  async #shutDown(info: CloseInfo): Promise<void> {
    this.#closeInfo = info;
    clearTimeout(this.#timer);
    try {
      await this.#sayGoodbye(info);
    } catch (error) {
      this.#options.log.error({ sessionId: this.id, err: error }, 'a session did not close in order');
    } finally {
      this.#link.close();
      await this.#peer.close();
      await this.#pipeline.release();
      this.#setState('closed');
      this.#tell('closed', info);
      this.removeAllListeners();
    }
  }

  async #sayGoodbye(info: CloseInfo): Promise<void> {
    const connected = this.#state === 'connected';
    if (connected) {
      // Speech that is open is closed, and its utterance still reported.
      this.#plane(() => this.#pipeline.endInput('track_ended'));
      await new Promise((resolve) => setTimeout(resolve, LAST_EVENTS_MS));
    }
    this.#pipeline.tell('session_closed', this.statistics().media_time_ms, info);
    if (connected) await this.#link.flushed(FAREWELL_MS);
    this.#pipeline.end();
  }

  #announceCandidates({ transportSection: { mid, index } }: AnswerPlan): void {
    if (this.#closing) return;
    for (const candidate of this.#peer.localCandidates) {
      this.#tell('candidate', {
        candidate: writeCandidate(candidate),
        sdpMid: mid,
        sdpMLineIndex: index,
        usernameFragment: this.#peer.ufrag,
      });
    }
    this.#tell('candidate', null);
  }

  /** The plane may have ended the session already, or refuse an address that a client made up: neither is ours to die of. */
  #plane(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.log.warn({ sessionId: this.id, err: error }, 'the media plane refused');
    }
  }

  #failed(error: unknown): void {
    this.#options.log.error({ sessionId: this.id, err: error }, 'a session failed');
    void this.close(INTERNAL);
  }

  #closeAfter(timeoutMs: number, info: () => CloseInfo): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.close(info()), timeoutMs);
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#tell('state', state);
  }

  #assertOpen(): void {
    if (this.#closing) {
      throw new GatewayError('session_closed', this.#closeInfo?.message ?? 'the session is closed');
    }
  }

  /** A listener's mistake is not the session's. */
  #tell<Name extends keyof SessionEvents>(name: Name, ...args: SessionEvents[Name]): void {
    try {
      (this as EventEmitter).emit(name, ...args);
    } catch (error) {
      this.#options.log.error({ sessionId: this.id, err: error }, `a listener of "${name}" failed`);
    }
  }
}

function addressOf({ remoteAddress, remotePort }: SelectedPair): string {
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
