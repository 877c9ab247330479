/**
 * What a session's audio goes through: its graph in the plane, the parts outside it, and what comes of them: events, utterances, counters.
 * Made by the session, which sees to the client.
 */
import type { EndInputReason, PipelineMetrics, PlaneMediaOptions } from '@remotemedia/native-dsp';
import { encodeWav, type NodeCalls, type Pipeline } from '@remotemedia/pipeline';
import { SessionControl } from '../control/session-control.js';
import { OutsideParts } from '../outside/outside-parts.js';
import type { PlaneClient, PlanePort } from '../plane/plane-port.js';
import { pipelineFailure } from './close-info.js';
import { EventJournal } from './event-journal.js';
import type { EventLink } from './event-link.js';
import type { CloseInfo, NodeEvent, SessionEvent } from './events.js';
import type { UtteranceInfo } from './session.js';
import type { SessionStatistics } from './statistics.js';
import { type UtteranceLimits, UtteranceStore } from './utterance-store.js';

/** For nodes outside to free what they hold. */
const LAST_WORK_MS = 1000;

export interface SessionPipelineOptions {
  readonly sessionId: string;
  readonly ufrag: string;
  /** JSON text of a manifest. */
  readonly manifest: string;
  /** Where it has parts outside its audio graph. */
  readonly parts?: Pipeline;
  /** Name of the pipeline in the metrics of the process; left out for a client's own manifest. */
  readonly measuredAs?: string;
  /** Without a packet for this long, open speech is ended; the plane's default if left out. */
  readonly inactivityMs?: number;
  readonly utteranceLimits: UtteranceLimits;
}

/** What the session does about what came up. */
export interface SessionPipelineListener extends Pick<PlaneClient, 'datagram' | 'failed'> {
  /** In order, after the client's data channel was given it. */
  event(event: SessionEvent): void;
  /** The plane, or a node, ended it. */
  ended(info: CloseInfo): void;
}

export class SessionPipeline {
  readonly handle: number;
  readonly control: SessionControl;
  readonly #port: PlanePort;
  readonly #link: EventLink;
  readonly #journal: EventJournal;
  readonly #utterances: UtteranceStore;
  readonly #parts: OutsideParts | undefined;
  readonly #measuredAs: string | null;
  #last: { readonly statistics: SessionStatistics; readonly metrics: PipelineMetrics | null } | undefined;

  /** @throws NativeError for a manifest that does not compile, or a plane without room; NodeFailure for a node that nothing here runs. */
  constructor(
    { sessionId, ufrag, manifest, parts, measuredAs, inactivityMs, utteranceLimits }: SessionPipelineOptions,
    port: PlanePort,
    link: EventLink,
    listener: SessionPipelineListener,
  ) {
    this.#port = port;
    this.#measuredAs = measuredAs ?? null;
    this.#link = link;
    this.#utterances = new UtteranceStore(utteranceLimits);
    this.#journal = new EventJournal(sessionId, link, this.#utterances, (event) => {
      listener.event(event);
      this.control.event(event);
    });
    const options = {
      localUfrag: ufrag,
      manifest,
      ...(parts && { externals: parts.externals }),
      ...(measuredAs !== undefined && { pipeline: measuredAs }),
      ...(inactivityMs !== undefined && { inactivityMs }),
    };
    this.handle = port.open(options, this.#planeClient(listener));
    try {
      this.#parts = parts && this.#run(parts, listener);
    } catch (error) {
      port.release(this.handle);
      throw error;
    }
    this.control = new SessionControl(port.plane, this.handle, {
      nodeIds: nodeIdsOf(manifest),
      parts: this.#parts,
    });
  }

  start(options: PlaneMediaOptions): void {
    this.#port.plane.startMedia(this.handle, options);
  }

  /** An event of the session itself. */
  tell(type: 'session_started' | 'session_closed', mediaTimeMs: number, fields: object): void {
    this.#journal.own(type, mediaTimeMs, fields);
  }

  statistics(): SessionStatistics {
    if (this.#last) return this.#last.statistics;
    const statistics = this.#port.plane.stats(this.handle);
    return { ...statistics, events_dropped: statistics.events_dropped + this.#link.dropped };
  }

  /** Null where metrics are off. */
  metrics(): PipelineMetrics | null {
    if (this.#last) return this.#last.metrics;
    const metrics = this.#port.plane.metrics(this.handle);
    return metrics && (this.#parts?.metrics(metrics) ?? metrics);
  }

  /** Calls of the nodes outside its graph, for the totals; what the graph costs is the plane's to add up. */
  calls(): readonly NodeCalls[] {
    return this.#parts?.calls(this.#measuredAs) ?? [];
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

  endInput(reason: EndInputReason): void {
    this.#port.plane.endInput(this.handle, reason);
  }

  /** Counters stay as they are now. */
  end(): void {
    this.#last ??= { statistics: this.statistics(), metrics: this.metrics() };
  }

  /** Stops the nodes outside and gives the plane's slot back. */
  async release(): Promise<void> {
    this.control.close();
    this.#port.release(this.handle);
    const isOver = new Promise<void>((resolve) => setTimeout(resolve, LAST_WORK_MS).unref());
    // A node that does not let go is not waited for; it is not called any more.
    await Promise.race([this.#parts?.close(), isOver]);
  }

  #planeClient(listener: SessionPipelineListener): PlaneClient {
    return {
      datagram: (datagram) => listener.datagram(datagram),
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
      tap: (tap) => this.control.tapped(tap),
      flushed: ({ framesDropped }) => this.control.flushed(framesDropped),
      closed: ({ code, message }) => listener.ended(pipelineFailure(code, message)),
      failed: (error) => listener.failed(error),
    };
  }

  #run(parts: Pipeline, listener: SessionPipelineListener): OutsideParts {
    const mediaTimeMs = () => this.#port.plane.stats(this.handle).media_time_ms;
    return new OutsideParts(parts, this.#port.plane, this.handle, {
      event: (nodeId, fields) => this.#journal.outside(nodeId, mediaTimeMs(), fields),
      output: (nodeId, message) => this.control.output(nodeId, message),
      ended: (message) => listener.ended(pipelineFailure('graph_failed', message)),
    });
  }
}

function nodeIdsOf(manifest: string): string[] {
  const { nodes } = JSON.parse(manifest) as { nodes: { id: string }[] };
  return nodes.map(({ id }) => id);
}
