/**
 * A gateway without media for the tests of this package: same interface, same errors, no socket, no native code.
 * What real sessions do is tested in the gateway and end to end.
 */
import { EventEmitter } from 'node:events';
import {
  type CloseInfo,
  type CreateSessionOptions,
  type Gateway,
  GatewayError,
  type GatewayEvents,
  type GatewayTotals,
  type IceCandidateInit,
  type NodeState,
  type PipelineMetrics,
  type PublishedMessage,
  type Session,
  type SessionEvents,
  type SessionState,
  type SessionView,
  type Subscription,
  type TopicListener,
} from '@remotemedia/gateway';

export const OFFER = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
export const ANSWER = 'v=0\r\na=ice-ufrag:serv\r\n';

const durations = (us: number) => ({
  avg_duration_us: us,
  min_duration_us: us,
  max_duration_us: us,
  p50_us: us,
  p95_us: us,
  p99_us: us,
});

export const FAKE_METRICS: PipelineMetrics = {
  pipeline_id: 'echo',
  total_executions: 14,
  total_duration_us: 28,
  total_duration_ms: 0.028,
  ...durations(2),
  real_time_factor: 0.0002,
  frame_overruns: 0,
  node_metrics: [
    {
      node_id: 'echo',
      node_type: 'PassThrough',
      execution_count: 14,
      success_count: 14,
      error_count: 0,
      success_rate: 1,
      total_duration_us: 14,
      ...durations(1),
    },
    {
      node_id: 'outside',
      node_type: 'Writer',
      execution_count: 14,
      success_count: 12,
      error_count: 2,
      success_rate: 12 / 14,
      total_duration_us: 28_000,
      retry_count: 3,
      late_count: 1,
      circuit: 'half_open',
      ...durations(2_000),
    },
  ],
  metrics_overhead_us: 9.5,
};

/** As the runtime has them: pipelines of executions are added to these. */
const BOUNDS_S = Array.from({ length: 17 }, (_, n) => 2 ** (8 + n) / 1e9);

const buckets = (count: number) => ({
  bounds_s: BOUNDS_S,
  counts: BOUNDS_S.map((bound) => (0.0015 < bound ? count : 0)),
  count,
  sum_s: count * 0.0015,
});

/** Two frames of a configured pipeline and one of a client's own. */
function fakeTotals(): GatewayTotals {
  return {
    pipelines: [
      {
        pipeline: null,
        overruns: 0,
        duration: buckets(1),
        nodes: [{ node: 'GainNode', errors: 0, duration: buckets(1) }],
      },
      {
        pipeline: 'echo',
        overruns: 1,
        duration: buckets(2),
        nodes: [{ node: 'echo', errors: 1, duration: buckets(2) }],
      },
    ],
    calls: [{ pipeline: 'echo', node: 'outside', duration: buckets(4) }],
    media: {
      sessions: 5,
      packets_received: 7,
      packets_sent: 7,
      packets_lost: 1,
      packets_late: 0,
      packets_refused: 0,
      frames_concealed: 1,
      events_dropped: 0,
      gateway_latency: buckets(7),
      processing: buckets(7),
    },
    plane: {
      sessions: 0,
      sessions_on_threads: 0,
      threads: 1,
      datagrams_received: 9,
      datagrams_sent: 8,
      datagrams_dropped: { malformed: 2 },
      receive_overflows: 0,
      send_failures: 0,
      datagrams_forwarded: 0,
    },
    peerRefusals: { dtls_plaintext: 3 },
  };
}

export class FakeSession extends EventEmitter<SessionEvents> implements Session {
  readonly id: string;
  readonly pipeline: string;
  readonly manifest: unknown;
  readonly transport;
  readonly peerId: string | null;
  readonly createdAt = new Date('2026-01-02T03:04:05Z');
  readonly localUfrag = 'serv';
  remoteUfrag: string | null = null;
  remoteAddress: string | null = null;
  state: SessionState = 'new';
  closeInfo: CloseInfo | null = null;
  readonly candidates: (IceCandidateInit | null)[] = [];
  readonly wavs = new Map<number, Uint8Array>();
  /** Settles `negotiate` by hand when set before the offer. */
  held: Promise<void> | undefined;

  constructor(id: string, options: CreateSessionOptions) {
    super();
    this.id = id;
    this.pipeline = options.manifest ? 'inline' : (options.pipeline ?? 'echo');
    this.manifest = options.manifest;
    this.transport = options.transport;
    this.peerId = options.peerId ?? null;
  }

  async negotiate(offerSdp: string): Promise<string> {
    await this.held;
    if (this.closeInfo) throw new GatewayError('session_closed', 'The session is closed');
    if (!offerSdp.startsWith('v=0')) throw new GatewayError('malformed_sdp', 'The first line is not v=0');
    if (!offerSdp.includes('m=audio')) throw new GatewayError('no_audio', 'There is no audio');
    this.remoteUfrag = 'clnt';
    // Gathered before the answer is out, as in life.
    this.emit('candidate', {
      candidate: 'candidate:1 1 udp 1 192.0.2.1 8189 typ host',
      sdpMid: '0',
      sdpMLineIndex: 0,
    });
    this.emit('candidate', null);
    this.enter('connecting');
    return ANSWER;
  }

  async addIceCandidate(candidate: IceCandidateInit | null): Promise<void> {
    if (candidate?.candidate.includes('nonsense'))
      throw new GatewayError('malformed_candidate', 'Not a candidate');
    this.candidates.push(candidate);
  }

  enter(state: SessionState): void {
    this.state = state;
    this.emit('state', state);
  }

  statistics(): SessionView['statistics'] {
    return {
      packets_received: 7,
      packets_lost: 0,
      packets_duplicate: 0,
      packets_late: 0,
      packets_refused: { replay: 1 },
      frames_decoded: 14,
      frames_concealed: 0,
      frames_fec: 0,
      frames_red: 0,
      jitter_ms: 0.5,
      round_trip_ms: null,
      packets_sent: 7,
      gateway_latency_us: { p50: 300, p99: 900, max: 1000, count: 7 },
      processing_us: { p50: 100, p99: 200 },
      events_dropped: 0,
      media_time_ms: 140,
    };
  }

  metrics(): PipelineMetrics | null {
    return FAKE_METRICS;
  }

  view(): SessionView {
    return {
      id: this.id,
      state: this.state,
      pipeline: this.pipeline,
      created_at: this.createdAt.toISOString(),
      transport: this.transport,
      peer_id: this.peerId,
      remote_address: this.remoteAddress,
      statistics: this.statistics(),
    };
  }

  utterances() {
    return [];
  }

  utterance(index: number): Uint8Array | undefined {
    return this.wavs.get(index);
  }

  endInput(): void {}

  /** By topic; the flag says whether audio is wanted. */
  readonly topics = new Map<string, { listener: TopicListener; audio: boolean }>();
  readonly nodeStates = new Map<string, string>();
  readonly published: { topic: string; message: PublishedMessage }[] = [];

  subscribe(topic: string, listener: TopicListener, { audio = false } = {}): Subscription {
    if (!topic.includes('.out')) throw new GatewayError('invalid_topic', `"${topic}" is no topic here`);
    const entry = { listener, audio };
    this.topics.set(topic, entry);
    const close = () => this.topics.get(topic) === entry && this.topics.delete(topic);
    return { topic, close };
  }

  setNodeState(nodeId: string, state: NodeState): void {
    if (nodeId === 'nobody') throw new GatewayError('unknown_node', 'There is no node "nobody"');
    this.nodeStates.set(nodeId, state);
  }

  async publish(topic: string, message: PublishedMessage): Promise<void> {
    this.published.push({ topic, message });
  }

  async flushAudio(): Promise<number> {
    return 7;
  }

  async close(info: Partial<CloseInfo> = {}): Promise<void> {
    if (this.closeInfo) return;
    this.closeInfo = { reason: 'gateway', code: 'shutdown', message: '', ...info };
    this.enter('closed');
    this.emit('closed', this.closeInfo);
  }
}

export class FakeGateway extends EventEmitter<GatewayEvents> implements Gateway {
  readonly sessions = new Map<string, FakeSession>();
  /** Every session there ever was. */
  readonly made: FakeSession[] = [];
  readonly pipelines = [];
  readonly mediaPort = 8189;
  readonly runtime = 'native';
  maxSessions = 3;
  counted = fakeTotals();
  draining = false;
  /** Runs on every new session. */
  prepare: (session: FakeSession) => void = () => {};

  createSession(options: CreateSessionOptions): FakeSession {
    if (this.draining) throw new GatewayError('draining', 'Shutting down', { retryAfterSeconds: 5 });
    if (this.sessions.size >= this.maxSessions) {
      throw new GatewayError('server_full', 'All sessions are taken', { retryAfterSeconds: 5 });
    }
    if (options.pipeline === 'missing')
      throw new GatewayError('unknown_pipeline', 'No pipeline is named "missing"');
    if (options.manifest && !('version' in options.manifest)) {
      const complaints = [
        { path: 'version', code: 'missing', message: 'is missing', hint: 'Write version: v1' },
      ];
      throw new GatewayError('invalid_manifest', 'The manifest has 1 mistake', { complaints });
    }
    const session = new FakeSession(`ses_${this.made.length}`, options);
    this.sessions.set(session.id, session);
    this.made.push(session);
    session.once('closed', (info) => {
      this.sessions.delete(session.id);
      this.emit('session_closed', session, info);
    });
    this.prepare(session);
    this.emit('session_opened', session);
    return session;
  }

  async ready(): Promise<void> {}

  async preparePipeline(): Promise<void> {}

  totals(): GatewayTotals {
    return this.counted;
  }

  drain(): void {
    this.draining = true;
  }

  async close(): Promise<void> {
    this.draining = true;
    for (const session of this.sessions.values()) await session.close();
  }
}
