/**
 * A session on the media plane: werift negotiates, its keys go down, events come up. Every way to end it leads through `close`.
 */

import { randomBytes, randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { GatewayError } from '../errors.js';
import type { GatewayLog } from '../log.js';
import type { PlaneClient, PlanePort } from '../plane/plane-port.js';
import { writeAnswer } from '../sdp/answer.js';
import { type ParsedCandidate, parseCandidate, writeCandidate } from '../sdp/candidate.js';
import { parseOffer } from '../sdp/offer.js';
import { type AnswerPlan, planAnswer } from '../sdp/plan.js';
import { PeerTransport } from '../werift/peer-transport.js';
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
import type { CloseInfo, NodeEvent, SessionEvent } from './events.js';
import type { IceCandidateInit, Session, SessionEvents, SessionState, UtteranceInfo } from './session.js';
import type { SessionStatistics, SessionView, TransportKind } from './statistics.js';
import { type UtteranceLimits, UtteranceStore } from './utterance-store.js';
import { wavFile } from './wav.js';

/** Candidates that a client may send before and after its offer. */
const MAX_CANDIDATES = 128;
/** For the speech that the end of the input closes: one turn of the plane, with room for a busy machine. */
const LAST_EVENTS_MS = 30;
/** For the client to acknowledge `session_closed`. */
const FAREWELL_MS = 250;
const MEDIA_SAMPLE_RATE = 48_000;

export interface PeerSessionOptions {
  readonly pipeline: string;
  /** JSON text of a manifest. */
  readonly manifest: string;
  /** Whether its graph gives audio. */
  readonly givesAudio: boolean;
  readonly transport: TransportKind;
  readonly peerId: string | null;
  readonly createdAt: Date;
  readonly addresses: readonly AnnouncedAddress[];
  readonly negotiateTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly utteranceLimits: UtteranceLimits;
  readonly log: GatewayLog;
}

export class PeerSession extends EventEmitter<SessionEvents> implements Session {
  readonly id = `ses_${randomBytes(16).toString('hex')}`;
  readonly pipeline: string;
  readonly transport: TransportKind;
  readonly peerId: string | null;
  readonly createdAt: Date;
  readonly #options: PeerSessionOptions;
  readonly #port: PlanePort;
  readonly #handle: number;
  readonly #peer: PeerTransport;
  readonly #link: EventLink;
  readonly #utterances: UtteranceStore;
  readonly #log: GatewayLog;
  #state: SessionState = 'new';
  #timer: NodeJS.Timeout | undefined;
  #negotiated = false;
  #remoteUfrag: string | null = null;
  #remoteAddress: string | null = null;
  #candidates = 0;
  #candidatesUnusable = 0;
  #mediaStarted = false;
  #sequence = 0;
  #closing: Promise<void> | undefined;
  #closeInfo: CloseInfo | null = null;
  #lastStatistics: SessionStatistics | undefined;

  /** @throws NativeError for a manifest that does not compile, or a plane without room. */
  constructor(options: PeerSessionOptions, port: PlanePort) {
    super();
    this.#options = options;
    this.pipeline = options.pipeline;
    this.transport = options.transport;
    this.peerId = options.peerId;
    this.createdAt = options.createdAt;
    this.#log = options.log;
    this.#port = port;
    this.#utterances = new UtteranceStore(options.utteranceLimits);
    this.#peer = new PeerTransport({
      addresses: options.addresses,
      port: port.plane.port,
      send: (data, address, remotePort, localAddress) => this.#send(data, address, remotePort, localAddress),
      onPairChanged: (pair) => {
        this.#remoteAddress = `${pair.remoteAddress}:${pair.remotePort}`;
        this.#plane(() =>
          port.plane.setRemoteAddress(this.#handle, pair.remoteAddress, pair.remotePort, pair.localAddress),
        );
      },
      onLost: (how) => void this.close(how === 'client_closed' ? CLIENT_CLOSED : CONNECTION_LOST),
    });
    this.#link = new EventLink(this.#peer.sctp);
    try {
      this.#handle = port.open(
        { localUfrag: this.#peer.ufrag, manifest: options.manifest },
        this.#planeClient(),
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
    if (this.#negotiated)
      throw new GatewayError('already_negotiated', 'this session has been negotiated already');
    const offer = parseOffer(offerSdp);
    const plan = planAnswer(offer, this.#options.givesAudio);
    this.#negotiated = true;
    const fingerprint = await PeerTransport.fingerprint();
    this.#assertOpen();
    const sendSsrc = randomInt(1, 2 ** 32 - 1);
    const cname = randomBytes(9).toString('base64url');
    const answer = writeAnswer(offer, plan, {
      originId: randomBytes(7).readUIntBE(0, 6).toString(),
      ufrag: this.#peer.ufrag,
      password: this.#peer.password,
      fingerprint,
      candidates: this.#peer.localCandidates,
      sendSsrc,
      cname,
    });
    this.#peer.setRemote(plan.remote);
    this.#remoteUfrag = plan.remote.ufrag;
    for (const section of offer.sections) {
      for (const candidate of section.candidates) this.#addCandidate(candidate);
    }
    if (!plan.dataChannel) this.#link.disable();
    this.#setState('connecting');
    const { connectTimeoutMs } = this.#options;
    this.#closeAfter(connectTimeoutMs, () =>
      connectTimeout(this.#peer.phase, connectTimeoutMs, this.#tried()),
    );
    void this.#connect(plan, sendSsrc, cname);
    setImmediate(() => this.#announceCandidates(plan));
    return answer;
  }

  async addIceCandidate(init: IceCandidateInit | null): Promise<void> {
    this.#assertOpen();
    // The end of candidates changes nothing: we wait for the client's own checks anyway (RFC 8863).
    if (init === null || init.candidate === '') return;
    const parsed = parseCandidate(init.candidate);
    if (parsed === 'malformed') {
      throw new GatewayError(
        'malformed_candidate',
        `"${init.candidate.slice(0, 80)}" is not an ICE candidate`,
        {
          hint: 'RFC 8839 5.1',
        },
      );
    }
    if (this.#candidates >= MAX_CANDIDATES) {
      throw new GatewayError('too_many_candidates', `more than ${MAX_CANDIDATES} candidates`);
    }
    this.#addCandidate(parsed);
  }

  statistics(): SessionStatistics {
    if (this.#lastStatistics) return this.#lastStatistics;
    const statistics = this.#port.plane.stats(this.#handle);
    return { ...statistics, events_dropped: statistics.events_dropped + this.#link.dropped };
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
    return kept && wavFile(kept.samples, kept.sampleRate);
  }

  endInput(reason: 'mute' | 'track_ended' | 'flush'): void {
    if (this.#mediaStarted && !this.#closing)
      this.#plane(() => this.#port.plane.endInput(this.#handle, reason));
  }

  close(info: Partial<CloseInfo> = {}): Promise<void> {
    this.#closing ??= this.#shutDown({ ...DELETED, ...info });
    return this.#closing;
  }

  #planeClient(): PlaneClient {
    return {
      datagram: ({ data, address, port, localAddress }) =>
        this.#peer.receive(data, address, port, localAddress),
      event: ({ json }) => this.#nodeEvent(JSON.parse(json) as NodeEvent),
      utterance: ({ nodeId, index, sampleRate, samples }) =>
        void this.#utterances.add(nodeId, index, sampleRate, samples),
      closed: ({ code, message }) =>
        void this.close({
          reason: 'pipeline',
          code: code === 'graph_failed' ? 'node_failed' : 'media_failed',
          message,
        }),
      failed: (error) => this.#failed(error),
    };
  }

  async #connect(plan: AnswerPlan, sendSsrc: number, cname: string): Promise<void> {
    try {
      await this.#peer.connect();
      if (this.#closing) return;
      this.#startMedia(plan, sendSsrc, cname);
    } catch (error) {
      if (this.#closing) return;
      const cause = error instanceof Error ? error.message : String(error);
      if (this.#peer.phase === 'connected') this.#failed(error);
      else void this.close(connectFailure(this.#peer.phase, cause, this.#tried()));
    }
  }

  #startMedia(plan: AnswerPlan, sendSsrc: number, cname: string): void {
    const { remoteAddress, remotePort, localAddress } = this.#peer.selectedPair;
    this.#port.plane.startMedia(this.#handle, {
      ...this.#peer.keys,
      remoteAddress,
      remotePort,
      ...(localAddress === undefined ? {} : { localAddress }),
      send: plan.sendPayloadType !== undefined,
      receive: true,
      sendSsrc,
      sendPayloadType: plan.sendPayloadType ?? plan.receivePayloadType,
      receivePayloadType: plan.receivePayloadType,
      ...(plan.redPayloadType === undefined ? {} : { redPayloadType: plan.redPayloadType }),
      cname,
    });
    this.#mediaStarted = true;
    clearTimeout(this.#timer);
    this.#remoteAddress = `${remoteAddress}:${remotePort}`;
    this.#setState('connected');
    this.#publish(this.#ownEvent('session_started', 0, { pipeline: this.pipeline, runtime: 'native' }));
  }

  async #shutDown(info: CloseInfo): Promise<void> {
    this.#closeInfo = info;
    clearTimeout(this.#timer);
    const connected = this.#state === 'connected';
    const { plane } = this.#port;
    if (connected) {
      // Speech that is open is closed, and its utterance still reported.
      this.#plane(() => plane.endInput(this.#handle, 'track_ended'));
      await new Promise((resolve) => setTimeout(resolve, LAST_EVENTS_MS));
    }
    const statistics = this.statistics();
    this.#publish(this.#ownEvent('session_closed', statistics.media_time_ms, { ...info }));
    if (connected) await this.#link.flushed(FAREWELL_MS);
    this.#lastStatistics = this.statistics();
    this.#link.close();
    await this.#peer.close();
    this.#port.release(this.#handle);
    this.#log.info({ session_id: this.id, ...info }, 'session closed');
    this.#setState('closed');
    this.#tell('closed', info);
    this.removeAllListeners();
  }

  #nodeEvent(event: NodeEvent): void {
    if (event.type !== 'utterance') {
      this.#publish(event);
      return;
    }
    const number = this.#utterances.number(String(event.node_id), Number(event['index']));
    this.#publish({ ...event, url: `/api/v1/sessions/${this.id}/utterances/${number}.wav` });
  }

  /** An event of the session itself, in the shape of a node's. */
  #ownEvent(type: string, mediaTimeMs: number, fields: Record<string, unknown>): NodeEvent {
    return {
      type,
      node_id: null,
      media_time_samples: Math.round((mediaTimeMs * MEDIA_SAMPLE_RATE) / 1000),
      sample_rate: MEDIA_SAMPLE_RATE,
      media_time_ms: mediaTimeMs,
      detected_at_ms: mediaTimeMs,
      detection_delay_ms: 0,
      ...fields,
    };
  }

  #publish(nodeEvent: NodeEvent): void {
    const { type, ...rest } = nodeEvent;
    const event: SessionEvent = { type, seq: this.#sequence++, session_id: this.id, ...rest };
    this.#link.send(event);
    this.#tell('event', event);
  }

  #announceCandidates(plan: AnswerPlan): void {
    if (this.#closing) return;
    const { mid, index } = plan.transportSection;
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

  #addCandidate(parsed: ParsedCandidate): void {
    this.#candidates++;
    if (parsed.usable) this.#peer.addRemoteCandidate(parsed.candidate);
    else this.#candidatesUnusable++;
  }

  #tried() {
    return {
      gateway: this.#peer.localCandidates.map(({ address, port }) => `${address}:${port}`),
      client: this.#peer.remoteAddressesTried,
      unusable: this.#candidatesUnusable,
    };
  }

  #send(data: Uint8Array, address: string, port: number, localAddress: string | undefined): void {
    if (this.#handle === undefined) return;
    this.#plane(() => this.#port.plane.sendDatagram(this.#handle, data, address, port, localAddress));
  }

  /** The plane may have ended the session already, or refuse an address that a client made up: neither is ours to die of. */
  #plane(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.warn({ session_id: this.id, error }, 'the media plane refused');
    }
  }

  #failed(error: unknown): void {
    this.#log.error({ session_id: this.id, error }, 'a session failed');
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
    if (this.#closing)
      throw new GatewayError('session_closed', this.#closeInfo?.message ?? 'the session is closed');
  }

  /** A listener's mistake is not the session's. */
  #tell<Name extends keyof SessionEvents>(name: Name, ...args: SessionEvents[Name]): void {
    try {
      (this as EventEmitter).emit(name, ...args);
    } catch (error) {
      this.#log.error({ session_id: this.id, error }, `a listener of "${name}" failed`);
    }
  }
}
