/**
 * How a pipeline falls into parts: the audio graph (one Rust graph, whatever its size), nodes on values, and external nodes, which
 * are written in JavaScript or Python and run outside. Rust plans; TypeScript runs what was planned and decides nothing about structure.
 */
import type { Complaint } from './errors.js';
import type { ManifestKind } from './runtime.js';
import type { JsonValue } from './value-pipeline.js';

/** What an edge can carry, a node take or give. */
export type Carried = 'audio' | 'value' | 'event' | 'binary';

/** What runs an external node: JavaScript here, Python in Pyodide, Python in a process. */
export type ExternalExecutor = 'javascript' | 'worker' | 'python' | 'cpython';

/** A parameter, in the shape of the catalogue; see `nodeCatalogue()`. */
export interface ExternalParam {
  /** snake_case, unit included. camelCase is accepted of itself. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: 'number' | 'integer' | 'boolean' | 'string' | 'choice' | 'json';
  readonly min?: number;
  readonly max?: number;
  readonly options?: readonly string[];
  /** Absent: the parameter may be absent. */
  readonly default?: JsonValue;
  readonly documentation: string;
}

/** A node type that the host brings along. */
export interface ExternalSpec {
  readonly node_type: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly executor: ExternalExecutor;
  /** Absent: any object is accepted and passed on as it is. */
  readonly params?: readonly ExternalParam[];
  /** Default: everything but audio, which must be asked for: it decides about the graph. */
  readonly takes?: readonly Carried[];
  /** Default: `value` and `event`. */
  readonly gives?: readonly Carried[];
  /** What its audio is to be converted to on the way in; default: as it comes. It gives the same back unless `output` says otherwise. */
  readonly input?: { readonly sample_rate?: number; readonly channels?: number };
  readonly output?: { readonly sample_rate?: number; readonly channels?: number };
}

/** How a node is run and what happens when it fails; complete, defaults filled in. */
export interface ExecutionPolicy {
  readonly on_error: 'fail_session' | 'bypass' | 'mute';
  /** Longest call. Default 30 000. */
  readonly timeout_ms: number;
  /** How long audio waits for an external node's answer: the node's delay in the graph. A multiple of 10, at least 10. Default 20. */
  readonly patience_ms: number;
  /** What stands in for an answer that is late: the audio as it came, or silence. Default `pass`. */
  readonly when_late: 'pass' | 'drop';
  readonly retry: {
    /** Calls in all, the first included. Default 3. */
    readonly max_attempts: number;
    readonly base_delay_ms: number;
    readonly max_delay_ms: number;
    readonly multiplier: number;
    readonly jitter: 'full' | 'none';
  };
  readonly circuit_breaker: {
    /** Consecutive failures that open it. Default 5. */
    readonly failure_threshold: number;
    /** How long it stays open before one call is let through. Default 30 000. */
    readonly reset_timeout_ms: number;
    /** Consecutive successes of such calls that close it. Default 1. */
    readonly success_threshold: number;
  };
}

/** One node of the manifest, in its place. */
export interface PlannedPart {
  readonly id: string;
  readonly node_type: string;
  /** `audio` nodes are run by the graph, `value` nodes by a value pipeline of their own, `external` ones by the host. */
  readonly part: 'audio' | 'value' | 'external';
  /** External nodes only. */
  readonly executor: ExternalExecutor | null;
  readonly module: string | null;
  /** Validated and complete where the type describes them. */
  readonly params: { [name: string]: JsonValue };
  readonly takes: readonly Carried[];
  readonly gives: readonly Carried[];
  /** An external node to which the graph hands audio. */
  readonly hears: boolean;
  /** An external node whose audio goes into the graph. */
  readonly speaks: boolean;
  /** Gets the pipeline's input. */
  readonly is_source: boolean;
  /** Its results are the pipeline's. */
  readonly is_output: boolean;
  readonly execution: ExecutionPolicy;
}

export interface PlannedConnection {
  readonly from: string;
  readonly to: string;
  /** Audio into and out of nodes of the graph is carried by the graph; whatever else stands here is the host's to carry. */
  readonly carries: readonly Carried[];
}

export interface PipelinePlan {
  /** Of the pipeline, in its metadata. */
  readonly name: string | null;
  readonly kind: ManifestKind;
  /** Whether there is an audio graph. */
  readonly has_graph: boolean;
  /** In the order in which they can run; ties in the order of the manifest. */
  readonly parts: readonly PlannedPart[];
  readonly connections: readonly PlannedConnection[];
}

/** What `planPipeline` answers. */
export type PlanAnswer =
  | { ok: true; plan: PipelinePlan; complaints: [] }
  | { ok: false; plan: null; complaints: Complaint[] };

/** An entry of `nodes` that is to be run outside Rust, as it stands in a manifest that may have other faults. */
export interface ExternalMention {
  /** Of the entry in `nodes`. */
  readonly index: number;
  readonly id: string;
  readonly node_type: string;
  readonly executor: ExternalExecutor | null;
  readonly module: string | null;
  /** Of `module`, or where that is absent of `node_type`; from 1. */
  readonly line: number | null;
  readonly column: number | null;
}
