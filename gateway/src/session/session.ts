/**
 * One client: its negotiation, its events, its utterances, its end. Made by `Gateway.createSession`, driven by signaling.
 * The media itself never comes here: it stays in the plane.
 */
import type { EventEmitter } from 'node:events';
import type { NodeState, PipelineMetrics } from '@remotemedia/native-dsp';
import type { PublishedMessage, Subscription, TopicListener } from '../control/topic-board.js';
import type { CloseInfo, SessionEvent } from './events.js';
import type { SessionStatistics, SessionView, TransportKind } from './statistics.js';

export type SessionState = 'new' | 'connecting' | 'connected' | 'closed';

/** An ICE candidate as browsers and signaling write it. An empty `candidate` is the end of candidates. */
export interface IceCandidateInit {
  readonly candidate: string;
  readonly sdpMid?: string | null;
  readonly sdpMLineIndex?: number | null;
  readonly usernameFragment?: string | null;
}

/** Listeners get these. A listener that throws loses only its own call. */
export interface SessionEvents {
  /** Every event of the session in order, `session_started` first and `session_closed` last. */
  event: [SessionEvent];
  state: [SessionState];
  /** The gateway's own candidates, after the answer (which holds them all already); null ends them. */
  candidate: [IceCandidateInit | null];
  /** Emitted once, when everything is released. */
  closed: [CloseInfo];
}

export interface UtteranceInfo {
  readonly index: number;
  readonly sampleRate: number;
  readonly durationMs: number;
}

/** The public side of a session. */
export interface Session extends EventEmitter<SessionEvents> {
  /** `ses_` and 128 random bits: unguessable, as it is also the key to the session's resources. */
  readonly id: string;
  /** Null for an inline manifest. */
  readonly pipeline: string | null;
  readonly transport: TransportKind;
  readonly peerId: string | null;
  readonly createdAt: Date;
  readonly state: SessionState;
  readonly remoteAddress: string | null;
  /** Set once the session has begun to close. */
  readonly closeInfo: CloseInfo | null;
  /** ICE user fragments: ours, and the client's after `negotiate` (WHIP checks a PATCH against it). */
  readonly localUfrag: string;
  readonly remoteUfrag: string | null;
  /** Answers an offer, with all host candidates in the answer. Once per session; rejects with a `GatewayError`. */
  negotiate(offerSdp: string): Promise<string>;
  /** Before, during or after `negotiate`; null or an empty candidate ends the client's candidates. */
  addIceCandidate(candidate: IceCandidateInit | null): Promise<void>;
  statistics(): SessionStatistics;
  /** What its pipeline has cost so far; null where metrics are off. */
  metrics(): PipelineMetrics | null;
  view(): SessionView;
  utterances(): readonly UtteranceInfo[];
  /** A kept utterance as a WAV file (16-bit mono), or undefined if it never was or is no longer kept. */
  utterance(index: number): Uint8Array | undefined;
  /** The client says that its track is muted or ended: forces pending speech events out. */
  endInput(reason: 'mute' | 'track_ended' | 'flush'): void;
  /**
   * Listens to what a node gives, on a topic such as `vad.out`: its events, and with `audio` its audio in frames of 10 ms. A node that the
   * pipeline does not have says nothing. Ends with the session.
   * @throws GatewayError `invalid_topic`, `session_closed`.
   */
  subscribe(topic: string, listener: TopicListener, options?: { readonly audio?: boolean }): Subscription;
  /**
   * Switches a node off (`bypass`: the audio goes around it; `disabled`: silence) or on, unheard and without a change of latency.
   * @throws GatewayError `unknown_node`, `session_closed`.
   */
  setNodeState(nodeId: string, state: NodeState): void;
  /**
   * Says something to a node that runs outside the audio graph, on a topic such as `llm.in`. Resolves when the node's queue has taken it.
   * @throws GatewayError `invalid_topic`, `unknown_node`, `node_takes_no_messages` for a node of the audio graph, `session_closed`.
   */
  publish(topic: string, message: PublishedMessage): Promise<void>;
  /** Throws away the audio that waits to be sent, because somebody spoke up. Resolves with how many frames of 10 ms that was. */
  flushAudio(): Promise<number>;
  /** Tells the client, then releases everything. Idempotent: later calls return the first one's promise. */
  close(info?: Partial<CloseInfo>): Promise<void>;
}
