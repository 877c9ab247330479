/**
 * Types of pipelines of JSON values: numbers, texts, lists and objects instead of audio. Whoever implements
 * {@link ValueRuntime} can run them; nothing here is particular to Node.
 */

export interface ValuePipeline {
  /** What the graph is made of: JSON of a {@link GraphInfo}. */
  readonly graphInfo: string;

  /**
   * Runs the pipeline on every value of a list in turn, or on the one value that the input is otherwise. Nodes
   * keep their state from call to call.
   * @param input JSON text; whole numbers are exact up to 64 bits.
   * @returns JSON of an {@link Execution}.
   * @throws NativeError `invalid_json`; and, with `nodeId`, `inputIndex` and `hint`, what a node under
   *   `on_error: fail_session` said: `invalid_input`, `division_by_zero`, `number_overflow`, `undefined_result`,
   *   `too_many_values`, `node_panicked`.
   */
  execute(input: string): string;

  /** As new, with the same parameters. */
  reset(): void;
}

export interface ValuePipelineConstructor {
  /**
   * @param manifest manifest v1 as JSON or YAML text.
   * @throws NativeError `invalid_manifest` with all `complaints`.
   */
  new (manifest: string): ValuePipeline;
}

/** The part of a runtime that pipelines of values need. */
export interface ValueRuntime {
  readonly ValuePipeline: ValuePipelineConstructor;
}

/** A JSON value. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export interface GraphInfo {
  node_count: number;
  /** Nodes to which nothing is connected: each gets the input. */
  source_count: number;
  /** Nodes that are connected to nothing. */
  sink_count: number;
  /** Node ids in the order in which they run. */
  execution_order: string[];
  /** Ids of the nodes whose results are the pipeline's: those marked `is_output_node`, or all sinks. */
  output_nodes: string[];
}

/** What one call of `execute` gave. */
export interface Execution {
  status: 'success';
  /**
   * Results of the output node: the value itself where there is exactly one, a list otherwise. Where several
   * nodes are output nodes, an object of the results of each, by its id.
   */
  outputs: JsonValue;
  graph_info: GraphInfo;
  /** How often nodes failed whose policy is `bypass` or `mute`. */
  node_error_count: number;
  /** The first 100 of these failures. */
  node_errors: { node_id: string; input_index: number; code: string; message: string; hint: string }[];
}
