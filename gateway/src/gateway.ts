/**
 * The gateway as a value: one media plane, its sessions, admission. Signaling and the command line build it; it listens to nothing but
 * the plane's UDP port, knows no HTTP, reads no files.
 */
import type { EventEmitter } from 'node:events';
import type { OfflineRuntime, PlaneStats, PlaneTotals } from '@remotemedia/native-dsp';
import type { NodeCalls, NodeHost, RuntimeChoice, RuntimeName } from '@remotemedia/pipeline';
import type { GatewayLog } from './log.js';
import type { PlaneFactory } from './plane/plane-port.js';
import type { CloseInfo } from './session/events.js';
import type { Session } from './session/session.js';
import type { TransportKind } from './session/statistics.js';

/** A manifest as parsed from JSON or YAML; validated by the engine. */
export type ManifestSource = Readonly<Record<string, unknown>>;

export interface GatewayOptions {
  /** The media plane's socket and threads. Defaults: every address, port 8189 (0 = any), one thread per core. */
  readonly plane?: { readonly bindAddress?: string; readonly port?: number; readonly threads?: number };
  /** IP addresses to put into answers. Default: every address of this machine that is not loopback or link-local; if there is none, loopback. */
  readonly announceAddresses?: readonly string[];
  /** What carries media and executes pipelines; default: `REMOTEMEDIA_RUNTIME`, and without that native where it can be had. */
  readonly runtime?: RuntimeChoice;
  /** Default 100. */
  readonly maxSessions?: number;
  /** Pipelines by name. Every new session looks here: who keeps the map may change it, see {@link Gateway.preparePipeline}. */
  readonly pipelines: ReadonlyMap<string, ManifestSource>;
  /** For sessions that name none; must be in `pipelines`. */
  readonly defaultPipeline: string;
  /** From the answer to an established session; default 15 000. */
  readonly connectTimeoutMs?: number;
  /** From createSession to an offer; default 15 000. */
  readonly negotiateTimeoutMs?: number;
  /** Without a packet for this long, open speech is ended; default 500. */
  readonly inactivityMs?: number;
  /** What `server_full` tells clients; default 5. */
  readonly retryAfterSeconds?: number;
  /** Per session. */
  readonly retention?: { readonly utterances?: number; readonly utteranceBytes?: number };
  /** Whether pipelines are measured; default true. */
  readonly metrics?: boolean;
  /** Who brings nodes outside the audio graph along, besides the registered ones: for every manifest, a client's own included. */
  readonly nodes?: readonly NodeHost[];
  /** The same for `pipelines` alone: nodes that cost more, or may do more, than is any client's to ask for. */
  readonly operatorNodes?: readonly NodeHost[];
  /** URL of the folder of the pipelines' manifests, to which the modules that they name are relative; see {@link Gateway.ready}. */
  readonly base?: URL;
  /** How long each module that a pipeline of the operator names may take to load. Default 30 000. */
  readonly loadTimeoutMs?: number;
}

export interface CreateSessionOptions {
  /** A name among the gateway's pipelines; not together with `manifest`. */
  readonly pipeline?: string;
  /** An inline manifest. */
  readonly manifest?: ManifestSource;
  readonly transport: TransportKind;
  readonly peerId?: string;
}

export interface PipelineInfo {
  readonly name: string;
  readonly description: string;
  readonly manifest: ManifestSource;
}

/** What all sessions have cost and counted since the gateway was made, the closed ones included. */
export interface GatewayTotals extends PlaneTotals {
  /** Of nodes outside the audio graphs. */
  readonly calls: readonly NodeCalls[];
  readonly plane: PlaneStats;
  /** Of ICE and DTLS of clients that was thrown away, by reason. */
  readonly peerRefusals: Readonly<Record<string, number>>;
}

export interface GatewayEvents {
  session_opened: [Session];
  session_closed: [Session, CloseInfo];
}

/** What the gateway is built of; defaults are the real ones. */
export interface GatewayDependencies {
  readonly createPlane?: PlaneFactory;
  /** What `session_started` calls the runtime of `createPlane`; default `native`. */
  readonly runtime?: RuntimeName;
  /** Whether a manifest (JSON text) that compiles gives audio back. */
  readonly givesAudio?: (manifest: string) => boolean;
  /** What plans pipelines with parts outside the audio graph; with a plane of the caller's and without it, there are none. */
  readonly planner?: OfflineRuntime;
  readonly log?: GatewayLog;
  readonly now?: () => Date;
}

/** The public side of the gateway, made by `createGateway(options, dependencies?)`, which throws a `GatewayError` for a bad configuration. */
export interface Gateway extends EventEmitter<GatewayEvents> {
  /** Live sessions by id, in order of creation. A session leaves when it is closed. */
  readonly sessions: ReadonlyMap<string, Session>;
  readonly pipelines: readonly PipelineInfo[];
  readonly maxSessions: number;
  /** What carries media and executes pipelines. */
  readonly runtime: RuntimeName;
  /** The media UDP port in use. */
  readonly mediaPort: number;
  /** True once `drain` or `close` was called: createSession throws `draining`. */
  readonly draining: boolean;
  /**
   * Loads the modules that pipelines name; before that, sessions of such pipelines are refused. Others need not wait for it.
   * @throws PipelineError `module_not_loaded`; NativeError `invalid_manifest`.
   */
  ready(): Promise<void>;
  /** The same for one that is about to be put among the pipelines, or to take the place of one; running sessions keep theirs. @throws as `ready`. */
  preparePipeline(name: string, manifest: ManifestSource): Promise<void>;
  /** Reserves a place and a plane slot; throws `server_full`, `draining`, `unknown_pipeline`, `invalid_manifest`. */
  createSession(options: CreateSessionOptions): Session;
  totals(): GatewayTotals;
  /** Accepts no more sessions; the running ones go on. */
  drain(): void;
  /** Closes all sessions (`shutdown`) and the plane. Idempotent. */
  close(): Promise<void>;
}
