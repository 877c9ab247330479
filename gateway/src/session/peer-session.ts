/**
 * A session on the media plane: werift negotiates, its keys go down, events come up. Every way to end it leads through `close`. Made by
 * the gateway; what it promises is in `session.ts`.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { NodeState, PipelineMetrics } from '@remotemedia/native-dsp';
import { encodeWav, type Pipeline, type RuntimeName } from '@remotemedia/pipeline';
import { SessionControl } from '../control/session-control.js';
import type { PublishedMessage, Subscription, TopicListener } from '../control/topic-board.js';
import { GatewayError } from '../errors.js';
import type { GatewayLog } from '../log.js';
import { OutsideParts } from '../outside/outside-parts.js';
import type { PlaneClient, PlanePort } from '../plane/plane-port.js';
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
  pipelineFailure,
} from './close-info.js';
import { EventJournal } from './event-journal.js';
import { EventLink } from './event-link.js';
import type { CloseInfo, NodeEvent } from './events.js';
import { mediaOptions, type SenderIdentity, senderIdentity } from './media-options.js';
import { RemoteCandidates } from './remote-candidates.js';
import type { IceCandidateInit, Session, SessionEvents, SessionState, UtteranceInfo } from './session.js';
import type { SessionStatistics, SessionView, TransportKind } from './statistics.js';
import { type UtteranceLimits, UtteranceStore } from './utterance-store.js';

/** For the speech that the end of the input closes: one turn of the plane, with room for a busy machine. */
const LAST_EVENTS_MS = 30;
/** For the client to acknowledge `session_closed`: usually a round trip; with a lost packet SCTP's shortest retransmission, 1 s. */
const FAREWELL_MS = 1500;

export interface PeerSessionOptions {
  /** Null for an inline manifest. */
  readonly pipeline: string | null;
  /** JSON text of a manifest. */
  readonly manifest: string;
  /** Name of the pipeline in the metrics of the process; left out for a client's own manifest. */
  readonly measuredAs?: string;
  /** Where it has parts outside its audio graph. */
  readonly parts?: Pipeline;
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
  /** Without a packet for this long, open speech is ended; the plane's default if left out. */
  readonly inactivityMs?: number;
  readonly utteranceLimits: UtteranceLimits;
  readonly log: GatewayLog;
}

export class PeerSession extends EventEmitter<SessionEvents> implements Session {
  readonly id = `ses_${randomBytes(16).toString('hex')}`;
  readonly pipeline: string | null;
  readonly transport: TransportKind;
  readonly peerId: string | null;
  readonly createdAt: Date;
  readonly #options: PeerSessionOptions;
  readonly #port: PlanePort;
  readonly #handle: number;
  readonly #peer: PeerTransport;
  readonly #candidates: RemoteCandidates;
  readonly #link: EventLink;
  readonly #journal: EventJournal;
  readonly #utterances: UtteranceStore;
  readonly #control: SessionControl;
  readonly #parts: OutsideParts | undefined;
  #state: SessionState = 'new';
  #timer: NodeJS.Timeout | undefined;
  #negotiated = false;
  #remoteUfrag: string | null = null;
  #remoteAddress: string | null = null;
  #closing: Promise<void> | undefined;
  #closeInfo: CloseInfo | null = null;
  #lastStatistics: SessionStatistics | undefined;
  #lastMetrics: PipelineMetrics | null | undefined;

  /** @throws NativeError for a manifest that does not compile, or a plane without room. */
  constructor(options: PeerSessionOptions, port: PlanePort) {
    super();
    this.#options = options;
    this.pipeline = options.pipeline;
    this.transport = options.transport;
    this.peerId = options.peerId;
    this.createdAt = options.createdAt;
    this.#port = port;
    this.#utterances = new UtteranceStore(options.utteranceLimits);
    this.#peer = this.#createPeer();
    this.#candidates = new RemoteCandidates(this.#peer);
    this.#link = new EventLink(this.#peer.sctp);
    this.#journal = new EventJournal(this.id, this.#link, this.#utterances, (event) => {
      this.#tell('event', event);
      this.#control.event(event);
    });
    try {
      const { manifest, inactivityMs, measuredAs } = options;
      this.#handle = port.open(
        {
          localUfrag: this.#peer.ufrag,
          manifest,
          ...(options.parts && { externals: options.parts.externals }),
          ...(measuredAs !== undefined && { pipeline: measuredAs }),
          ...(inactivityMs !== undefined && { inactivityMs }),
        },
        this.#planeClient(),
      );
    } catch (error) {
      void this.#peer.close();
      throw error;
    }
    try {
      this.#parts = this.#openParts();
    } catch (error) {
      port.release(this.#handle);
      void this.#peer.close();
      throw error;
    }
    const nodeIds = nodeIdsOf(options.manifest);
    this.#control = new SessionControl(port.plane, this.#handle, { nodeIds, parts: this.#parts });
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
    if (this.#lastStatistics) return this.#lastStatistics;
    const statistics = this.#port.plane.stats(this.#handle);
    return { ...statistics, events_dropped: statistics.events_dropped + this.#link.dropped };
  }

  metrics(): PipelineMetrics | null {
    if (this.#lastMetrics !== undefined) return this.#lastMetrics;
    const metrics = this.#port.plane.metrics(this.#handle);
    if (metrics === null) return null;
    return { ...(this.#parts?.metrics(metrics) ?? metrics), pipeline_id: this.pipeline };
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
    return this.#utterances.list().map(({ index, sampleRate, samples }) => ({
      index,
      sampleRate,
      durationMs: (samples.length * 1000) / sampleRate,
    }));
  }

  utterance(index: number): Uint8Array | undefined {
    const kept = this.#utterances.get(index);
    return kept && encodeWav(kept.samples, kept.sampleRate);
  }

  endInput(reason: 'mute' | 'track_ended' | 'flush'): void {
    if (this.#state === 'connected' && !this.#closing) {
      this.#plane(() => this.#port.plane.endInput(this.#handle, reason));
    }
  }

  subscribe(topic: string, listener: TopicListener, { audio = false } = {}): Subscription {
    this.#assertOpen();
    return this.#control.subscribe(topic, audio, listener);
  }

  setNodeState(nodeId: string, state: NodeState): void {
    this.#assertOpen();
    this.#control.setNodeState(nodeId, state);
  }

  async publish(topic: string, message: PublishedMessage): Promise<void> {
    this.#assertOpen();
    await this.#control.publish(topic, message);
  }

  async flushAudio(): Promise<number> {
    this.#assertOpen();
    return this.#control.flushAudio();
  }

  close(info: Partial<CloseInfo> = {}): Promise<void> {
    this.#closing ??= this.#shutDown({ ...DELETED, ...info });
    return this.#closing;
  }

  #createPeer(): PeerTransport {
    return new PeerTransport({
      addresses: this.#options.addresses,
      port: this.#port.plane.port,
      send: (...datagram) => this.#plane(() => this.#port.plane.sendDatagram(this.#handle, ...datagram)),
      onPairChanged: (pair) => this.#moveTo(pair),
      onLost: (how) => void this.close(how === 'client_closed' ? CLIENT_CLOSED : CONNECTION_LOST),
    });
  }

  #planeClient(): PlaneClient {
    return {
      datagram: ({ data, address, port, localAddress }) =>
        this.#peer.receive(data, address, port, localAddress),
      event: ({ json }) => {
        const event = JSON.parse(json) as NodeEvent;
        this.#journal.node(event);
        this.#parts?.event(event);
      },
      utterance: (utterance) => {
        const { nodeId, index, sampleRate, samples } = utterance;
        this.#utterances.add(nodeId, index, sampleRate, samples);
        this.#parts?.utterance(utterance);
      },
      chunk: (chunk) => this.#parts?.chunk(chunk),
      hostFrame: (frame) => this.#parts?.hostFrame(frame),
      tap: (tap) => this.#control.tapped(tap),
      flushed: ({ framesDropped }) => this.#control.flushed(framesDropped),
      closed: ({ code, message }) => void this.close(pipelineFailure(code, message)),
      failed: (error) => this.#failed(error),
    };
  }

  #openParts(): OutsideParts | undefined {
    const { parts } = this.#options;
    if (!parts) return undefined;
    const mediaTimeMs = () => this.#port.plane.stats(this.#handle).media_time_ms;
    return new OutsideParts(parts, this.#port.plane, this.#handle, {
      event: (nodeId, fields) => this.#journal.outside(nodeId, mediaTimeMs(), fields),
      output: (nodeId, message) => this.#control.output(nodeId, message),
      ended: (message) => void this.close(pipelineFailure('graph_failed', message)),
    });
  }

  async #connect(plan: AnswerPlan, sender: SenderIdentity): Promise<void> {
    try {
      await this.#peer.connect();
      if (this.#closing) return;
      this.#port.plane.startMedia(this.#handle, mediaOptions(plan, sender, this.#peer));
      clearTimeout(this.#timer);
      this.#remoteAddress = addressOf(this.#peer.selectedPair);
      this.#setState('connected');
      this.#journal.own('session_started', 0, { pipeline: this.pipeline, runtime: this.#options.runtime });
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
      this.#port.plane.setRemoteAddress(this.#handle, remoteAddress, remotePort, localAddress),
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
      this.#control.close();
      await this.#peer.close();
      this.#port.release(this.#handle);
      this.#setState('closed');
      this.#tell('closed', info);
      this.removeAllListeners();
    }
  }

  async #sayGoodbye(info: CloseInfo): Promise<void> {
    const connected = this.#state === 'connected';
    if (connected) {
      // Speech that is open is closed, and its utterance still reported.
      this.#plane(() => this.#port.plane.endInput(this.#handle, 'track_ended'));
      await new Promise((resolve) => setTimeout(resolve, LAST_EVENTS_MS));
    }
    this.#journal.own('session_closed', this.statistics().media_time_ms, info);
    if (connected) await this.#link.flushed(FAREWELL_MS);
    this.#lastStatistics = this.statistics();
    this.#lastMetrics = this.metrics();
    await this.#parts?.close();
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

function nodeIdsOf(manifest: string): string[] {
  const { nodes } = JSON.parse(manifest) as { nodes: { id: string }[] };
  return nodes.map(({ id }) => id);
}

function addressOf({ remoteAddress, remotePort }: SelectedPair): string {
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
