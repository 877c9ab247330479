/** The gateway itself: admission, the table of sessions, and the end of all of it. See `gateway.ts` for what it promises. */
import { EventEmitter } from 'node:events';
import { isNativeError, type MediaPlaneOptions } from '@remotemedia/native-dsp';
import { type NodeCalls, NodeFailure, PipelineError, type RuntimeName } from '@remotemedia/pipeline';
import { announcedAddresses, ownAddresses } from './addresses.js';
import { GatewayError } from './errors.js';
import { executionError } from './execution/failures.js';
import type {
  CreateSessionOptions,
  Gateway,
  GatewayDependencies,
  GatewayEvents,
  GatewayOptions,
  GatewayTotals,
  ManifestSource,
  PipelineInfo,
} from './gateway.js';
import { type GatewayLog, SILENT } from './log.js';
import { HybridPipelines } from './outside/hybrid.js';
import { sumOfCalls } from './pipeline-totals.js';
import { choosePlane } from './plane/choice.js';
import { PlanePort } from './plane/plane-port.js';
import { SHUTDOWN } from './session/close-info.js';
import type { CloseInfo } from './session/events.js';
import { PeerSession } from './session/peer-session.js';
import type { Session } from './session/session.js';
import { DEFAULT_UTTERANCE_LIMITS } from './session/utterance-store.js';
import { PeerTransport } from './werift/peer-transport.js';
import type { AnnouncedAddress } from './werift/virtual-udp.js';

const DEFAULT_MEDIA_PORT = 8189;
const DEFAULT_MAX_SESSIONS = 100;
const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_RETRY_AFTER_SECONDS = 5;

/** @throws GatewayError `runtime_unavailable`, `unknown_pipeline`; NativeError `bind_failed`. */
export function createGateway(options: GatewayOptions, dependencies: GatewayDependencies = {}): Gateway {
  return new MediaGateway(options, dependencies);
}

interface Choice {
  /** Null for an inline manifest. */
  readonly name: string | null;
  readonly manifest: ManifestSource;
}

class MediaGateway extends EventEmitter<GatewayEvents> implements Gateway {
  readonly maxSessions: number;
  readonly runtime: RuntimeName;
  readonly #options: GatewayOptions;
  readonly #sessions = new Map<string, PeerSession>();
  readonly #addresses: readonly AnnouncedAddress[];
  readonly #port: PlanePort;
  readonly #log: GatewayLog;
  readonly #now: () => Date;
  readonly #givesAudio: (manifest: string) => boolean;
  readonly #hybrids: HybridPipelines | undefined;
  #draining = false;
  /** Of the closed sessions. */
  #pastCalls: readonly NodeCalls[] = [];
  readonly #peerRefusals: Record<string, number> = {};
  #closing: Promise<void> | undefined;

  constructor(options: GatewayOptions, dependencies: GatewayDependencies) {
    super();
    if (!options.pipelines.has(options.defaultPipeline)) {
      throw new GatewayError(
        'unknown_pipeline',
        `the default pipeline "${options.defaultPipeline}" does not exist`,
      );
    }
    this.#options = options;
    this.#log = dependencies.log ?? SILENT;
    // A test's plane decides for itself.
    const { runtime, create, givesAudio, offline } = dependencies.createPlane
      ? {
          runtime: 'native' as const,
          create: dependencies.createPlane,
          givesAudio: () => true,
          offline: dependencies.planner,
        }
      : choosePlane(options.runtime, (message) => this.#log.warn({}, message));
    this.runtime = dependencies.runtime ?? runtime;
    this.#givesAudio = dependencies.givesAudio ?? givesAudio;
    const { nodes, operatorNodes, base, loadTimeoutMs } = options;
    this.#hybrids =
      offline && new HybridPipelines({ runtime: offline, nodes, operatorNodes, base, loadTimeoutMs });
    this.#now = dependencies.now ?? (() => new Date());
    this.maxSessions = options.maxSessions ?? DEFAULT_MAX_SESSIONS;
    const plane: MediaPlaneOptions = {
      port: DEFAULT_MEDIA_PORT,
      maxSessions: this.maxSessions,
      metrics: options.metrics ?? true,
      ...options.plane,
    };
    this.#addresses = announcedAddresses(options.announceAddresses ?? [], plane.bindAddress, ownAddresses());
    // The certificate takes some milliseconds: not the first client's.
    void PeerTransport.fingerprint();
    this.#port = new PlanePort(create, plane);
  }

  get sessions(): ReadonlyMap<string, Session> {
    return this.#sessions;
  }

  get pipelines(): readonly PipelineInfo[] {
    return [...this.#options.pipelines].map(([name, manifest]) => ({
      name,
      description: describe(manifest),
      manifest,
    }));
  }

  get mediaPort(): number {
    return this.#port.plane.port;
  }

  get draining(): boolean {
    return this.#draining;
  }

  createSession(options: CreateSessionOptions): Session {
    this.#admit();
    const { name, manifest } = this.#choose(options);
    const session = this.#open(name, manifest, options);
    this.#sessions.set(session.id, session);
    session.once('closed', (info) => this.#forget(session, info));
    this.#tell('session_opened', session);
    return session;
  }

  async ready(): Promise<void> {
    const all = [...this.#options.pipelines];
    await Promise.all(all.map(([name, manifest]) => this.preparePipeline(name, manifest)));
  }

  async preparePipeline(name: string, manifest: ManifestSource): Promise<void> {
    await this.#hybrids?.load(name, manifest);
  }

  totals(): GatewayTotals {
    const { plane } = this.#port;
    const calls = [...this.#sessions.values()].map((session) => session.calls());
    return {
      ...plane.totals(),
      calls: calls.reduce(sumOfCalls, this.#pastCalls),
      plane: plane.planeStats(),
      peerRefusals: this.#peerRefusals,
    };
  }

  drain(): void {
    this.#draining = true;
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  #admit(): void {
    const retryAfterSeconds = this.#options.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS;
    if (this.#draining) {
      throw new GatewayError('draining', 'the gateway accepts no new sessions', { retryAfterSeconds });
    }
    if (this.#sessions.size >= this.maxSessions) {
      throw new GatewayError('server_full', `all ${this.maxSessions} sessions are taken`, {
        retryAfterSeconds,
      });
    }
  }

  #choose({ pipeline, manifest }: CreateSessionOptions): Choice {
    if (manifest !== undefined) return { name: pipeline ?? null, manifest };
    const name = pipeline ?? this.#options.defaultPipeline;
    const known = this.#options.pipelines.get(name);
    if (known) return { name, manifest: known };
    throw new GatewayError('unknown_pipeline', `there is no pipeline "${name}"`, {
      hint: `one of ${[...this.#options.pipelines.keys()].join(', ')}`,
    });
  }

  #open(name: string | null, manifest: ManifestSource, options: CreateSessionOptions): PeerSession {
    const { retention, negotiateTimeoutMs, connectTimeoutMs, inactivityMs } = this.#options;
    const text = JSON.stringify(manifest);
    try {
      const isOperators = options.manifest === undefined;
      const parts = this.#hybrids?.find(manifest, isOperators ? name : null);
      return new PeerSession(
        {
          pipeline: name,
          manifest: text,
          // A client's own manifest has no name that could be kept apart for ever.
          ...(isOperators && name !== null && { measuredAs: name }),
          ...(parts && { parts }),
          givesAudio: parts ? this.#hybrids!.givesAudio(text, parts) : this.#givesAudio(text),
          runtime: this.runtime,
          transport: options.transport,
          peerId: options.peerId ?? null,
          createdAt: this.#now(),
          addresses: this.#addresses,
          negotiateTimeoutMs: negotiateTimeoutMs ?? DEFAULT_TIMEOUT_MS,
          connectTimeoutMs: connectTimeoutMs ?? DEFAULT_TIMEOUT_MS,
          ...(inactivityMs !== undefined && { inactivityMs }),
          utteranceLimits: {
            utterances: retention?.utterances ?? DEFAULT_UTTERANCE_LIMITS.utterances,
            bytes: retention?.utteranceBytes ?? DEFAULT_UTTERANCE_LIMITS.bytes,
          },
          log: this.#log,
          onRefused: (reason) => {
            this.#peerRefusals[reason] = (this.#peerRefusals[reason] ?? 0) + 1;
          },
        },
        this.#port,
      );
    } catch (error) {
      throw translate(error, this.#options.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS);
    }
  }

  #forget(session: PeerSession, info: CloseInfo): void {
    this.#sessions.delete(session.id);
    this.#pastCalls = sumOfCalls(this.#pastCalls, session.calls());
    this.#tell('session_closed', session, info);
  }

  async #closeAll(): Promise<void> {
    this.#draining = true;
    this.#hybrids?.close();
    await Promise.all([...this.#sessions.values()].map((session) => session.close(SHUTDOWN)));
    this.#port.close();
    this.removeAllListeners();
  }

  /** A listener's mistake is not the gateway's. */
  #tell<Name extends keyof GatewayEvents>(name: Name, ...args: GatewayEvents[Name]): void {
    try {
      (this as EventEmitter).emit(name, ...args);
    } catch (error) {
      this.#log.error({ err: error }, `a listener of "${name}" failed`);
    }
  }
}

function translate(error: unknown, retryAfterSeconds: number): unknown {
  // Nothing here runs one of its nodes, or its modules were not loaded.
  if (error instanceof NodeFailure)
    return new GatewayError('invalid_manifest', error.message, { cause: error });
  if (error instanceof PipelineError) return executionError(error);
  if (!isNativeError(error)) return error;
  const { complaints } = error;
  if (error.code === 'invalid_manifest') {
    return new GatewayError('invalid_manifest', error.message, {
      cause: error,
      ...(complaints ? { complaints } : {}),
    });
  }
  if (error.code === 'too_many_sessions') {
    return new GatewayError('server_full', error.message, { cause: error, retryAfterSeconds });
  }
  if (error.code === 'media_thread_failed') {
    return new GatewayError('runtime_unavailable', error.message, { cause: error });
  }
  return error;
}

function describe(manifest: ManifestSource): string {
  const metadata = manifest['metadata'];
  if (typeof metadata !== 'object' || metadata === null || !('description' in metadata)) return '';
  return typeof metadata.description === 'string' ? metadata.description : '';
}
