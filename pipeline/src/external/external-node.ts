/**
 * The contract of a node that is not Rust: written in JavaScript, or in Python behind an adapter. The runner calls one instance per
 * session, one call at a time, in the order of the items; it never waits for it with a frame in its hand.
 */
import type { Item, JsonObject } from '../item.js';

export interface NodeContext {
  /** Id in the manifest. */
  readonly nodeId: string;
  /** Validated, defaults filled in where the node type describes its parameters. */
  readonly params: Readonly<JsonObject>;
  /** Aborted when the call has taken too long or the session closes; whatever the node still gives is thrown away. */
  readonly signal: AbortSignal;
}

/** Nothing, one item, or many; an async iterable streams them out as they come. */
export type NodeOutput = undefined | Item | Iterable<Item> | AsyncIterable<Item>;

export interface ExternalNode {
  /** Before the first item, and again where the node is down. Limited in time as a call is, and by `startMs` more, but no part of what calls take. */
  initialize?(context: NodeContext): void | Promise<void>;
  process(item: Item, context: NodeContext): NodeOutput | Promise<NodeOutput>;
  /** The input is over: last outputs. */
  endOfInput?(context: NodeContext): NodeOutput | Promise<NodeOutput>;
  /** What `initialize` takes before the node's own code runs, as an interpreter that boots, at most. Default 0. */
  readonly startMs?: number;
  /** Whether it has lost what `initialize` made, as an interpreter that was killed. Absent: never. */
  readonly isDown?: boolean;
  /** Frees what it holds. Called once, also after a failure; must not throw. */
  close?(): void | Promise<void>;
}

/** Why a node failed: decides whether trying again makes sense, and what the client reads. */
export type NodeErrorClass =
  | 'transient'
  | 'permanent'
  | 'invalid_input'
  | 'resource'
  | 'timeout'
  | 'internal';

export class NodeFailure extends Error {
  override readonly name = 'NodeFailure';
  /** The node whose failure ended the session; undefined for what is no node's. */
  readonly nodeId: string | undefined;

  /**
   * @param errorClass decides about retry: only `transient`, `resource` and `timeout` are tried again.
   * @param code stable, snake_case.
   */
  constructor(
    readonly errorClass: NodeErrorClass,
    readonly code: string,
    message: string,
    options: ErrorOptions & { readonly nodeId?: string } = {},
  ) {
    super(message, options);
    this.nodeId = options.nodeId;
  }
}
