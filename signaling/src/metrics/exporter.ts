/**
 * The gateway's metrics for Prometheus. Labels have few values: names of configured pipelines, ids of their nodes, reasons. Never a
 * session's id or anything else that a client makes up.
 */
import {
  type CloseInfo,
  type ExecutionService,
  type Gateway,
  type GatewayTotals,
  type Session,
  type SessionState,
  sumOfTotals,
} from '@remotemedia/gateway';
import type { PipelineTotals } from '@remotemedia/pipeline';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { RuntimeInfo } from '../context.js';
import type { PipelineCatalogue } from '../pipelines/catalogue.js';
import type { UnheardCounts } from '../unheard-failures.js';
import { describeExecutions } from './executions.js';
import { describePipelines, INLINE } from './pipelines.js';
import { describeReloads } from './reloads.js';
import { Exposition } from './sampled.js';
import { countSessionFailures } from './session-failures.js';
import { describeUnheard } from './unheard.js';

const STATES: readonly SessionState[] = ['new', 'connecting', 'connected', 'closed'];
const REASONS: readonly CloseInfo['reason'][] = ['client', 'gateway', 'network', 'pipeline'];

export class MetricsExporter {
  readonly contentType: string;
  readonly #registry = new Registry();
  readonly #gateway: Gateway;
  readonly #closed = new Map(REASONS.map((reason) => [reason, 0]));
  readonly #stopCounting: () => void;
  readonly #execution: ExecutionService;
  /** Looked up once a scrape. */
  #totals!: GatewayTotals;
  #pipelines!: PipelineTotals;

  constructor(
    gateway: Gateway,
    execution: ExecutionService,
    pipelines: PipelineCatalogue,
    runtime: RuntimeInfo,
    unheard: UnheardCounts,
  ) {
    this.#gateway = gateway;
    this.#execution = execution;
    this.contentType = this.#registry.contentType;
    // Memory and CPU of the process, garbage collection, lag of the event loop.
    collectDefaultMetrics({ register: this.#registry });
    const exposition = new Exposition(this.#registry);
    describeBuild(exposition, runtime);
    describePipelines(exposition, () => this.#pipelines);
    this.#describeSessions(exposition);
    this.#describeMedia(exposition);
    this.#describePlane(exposition);
    describeExecutions(exposition, execution);
    describeReloads(exposition, pipelines);
    describeUnheard(exposition, unheard);
    this.#stopCounting = countSessionFailures(gateway, exposition, ({ pipeline }) => pipeline ?? INLINE);
    gateway.on('session_closed', this.#count);
  }

  /** The exposition in Prometheus' text format. */
  scrape(): Promise<string> {
    this.#totals = this.#gateway.totals();
    this.#pipelines = sumOfTotals(this.#totals, this.#execution.pipelineTotals());
    return this.#registry.metrics();
  }

  close(): void {
    this.#gateway.off('session_closed', this.#count);
    this.#stopCounting();
  }

  readonly #count = (_session: Session, { reason }: CloseInfo): void => {
    this.#closed.set(reason, (this.#closed.get(reason) ?? 0) + 1);
  };

  #describeSessions(exposition: Exposition): void {
    exposition.gauge('remotemedia_sessions', 'Live sessions by state', () => {
      const states = [...this.#gateway.sessions.values()].map(({ state }) => state);
      return STATES.map((state) => [{ state }, states.filter((one) => one === state).length]);
    });
    exposition.gauge('remotemedia_sessions_max', 'Sessions that are admitted at once', () => [
      [{}, this.#gateway.maxSessions],
    ]);
    exposition.counter('remotemedia_sessions_opened_total', 'Sessions that were opened', () => [
      [{}, this.#totals.media.sessions],
    ]);
    exposition.counter('remotemedia_sessions_closed_total', 'Sessions that ended, by who ended them', () =>
      [...this.#closed].map(([reason, count]) => [{ reason }, count]),
    );
  }

  #describeMedia(exposition: Exposition): void {
    const counter = (name: string, help: string, count: () => number) =>
      exposition.counter(`remotemedia_${name}_total`, help, () => [[{}, count()]]);
    exposition.histogram(
      'remotemedia_gateway_latency_seconds',
      'From the arrival of a packet to after the send of what it caused',
      () => [[{}, this.#totals.media.gateway_latency]],
    );
    exposition.histogram('remotemedia_packet_processing_seconds', 'Work on one packet', () => [
      [{}, this.#totals.media.processing],
    ]);
    exposition.gauge(
      'remotemedia_rtp_packets_lost',
      'RTP packets expected and not received; shrinks when a late one comes',
      () => [[{}, this.#totals.media.packets_lost]],
    );
    counter('rtp_packets_received', 'RTP packets admitted', () => this.#totals.media.packets_received);
    counter('rtp_packets_sent', 'RTP packets made', () => this.#totals.media.packets_sent);
    counter('rtp_packets_late', 'RTP packets too late to be played', () => this.#totals.media.packets_late);
    counter('srtp_packets_refused', 'Packets refused by SRTP', () => this.#totals.media.packets_refused);
    counter(
      'frames_concealed',
      'Stretches of up to 20 ms made up for lost audio',
      () => this.#totals.media.frames_concealed,
    );
    counter('events_dropped', 'Events that found no room', () => this.#totals.media.events_dropped);
  }

  #describePlane(exposition: Exposition): void {
    const counter = (name: string, help: string, count: () => number) =>
      exposition.counter(`remotemedia_${name}_total`, help, () => [[{}, count()]]);
    exposition.gauge('remotemedia_media_threads', 'Media threads', () => [[{}, this.#totals.plane.threads]]);
    exposition.counter(
      'remotemedia_datagrams_dropped_total',
      'UDP datagrams thrown away before any session saw them, by reason',
      () =>
        Object.entries(this.#totals.plane.datagrams_dropped).map(([reason, count]) => [{ reason }, count]),
    );
    exposition.counter(
      'remotemedia_peer_refused_total',
      'Datagrams and records of ICE and DTLS that sessions threw away, by reason; repeats of what was lost are among them',
      () => Object.entries(this.#totals.peerRefusals).map(([reason, count]) => [{ reason }, count]),
    );
    counter('datagrams_received', 'UDP datagrams received', () => this.#totals.plane.datagrams_received);
    counter('datagrams_sent', 'UDP datagrams sent', () => this.#totals.plane.datagrams_sent);
    counter(
      'datagrams_forwarded',
      'UDP datagrams passed between media threads',
      () => this.#totals.plane.datagrams_forwarded,
    );
    counter(
      'receive_overflows',
      'UDP datagrams that the kernel dropped because a media thread was late',
      () => this.#totals.plane.receive_overflows,
    );
    counter('send_failures', 'Sends that the kernel refused', () => this.#totals.plane.send_failures);
  }
}

function describeBuild(exposition: Exposition, { version, runtime, opus }: RuntimeInfo): void {
  const labels = { version, runtime, opus: opus ?? '', node: process.version };
  exposition.gauge('remotemedia_build_info', 'What runs here', () => [[labels, 1]]);
}
