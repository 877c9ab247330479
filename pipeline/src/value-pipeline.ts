/**
 * A manifest on JSON values as something to call: for calculations, for texts, for trying out a pipeline. It runs
 * on any {@link ValueRuntime}.
 */
import type {
  Execution,
  GraphInfo,
  JsonValue,
  ValuePipeline as RuntimePipeline,
  ValueRuntime,
} from '@remotemedia/native-dsp';
import { runtimeFor } from './runtime/runtime.js';

export interface ValueOptions {
  /** Default: the one that the manifest's `runtime_hint`, the environment and this machine come to. */
  readonly runtime?: ValueRuntime;
}

/**
 * Executes a manifest once, on new nodes: `execute(calculator, [5, 7, 3])`.
 * @param manifest manifest v1: an object, or JSON or YAML text.
 * @param input a list is run value by value, anything else as one value.
 * @throws NativeError `invalid_manifest` with all complaints; what a failing node said, with its id;
 *   RuntimeUnavailableError.
 */
export function execute(manifest: object | string, input: JsonValue, options: ValueOptions = {}): Execution {
  const pipeline =
    typeof manifest === 'string'
      ? ValuePipeline.fromText(manifest, options)
      : ValuePipeline.fromManifest(manifest, options);
  return pipeline.execute(input);
}

/** A pipeline whose nodes keep their state from call to call, until `reset`. */
export class ValuePipeline {
  readonly #graph: RuntimePipeline;

  /**
   * @param text manifest v1 as JSON or YAML.
   * @throws NativeError `invalid_manifest` with all complaints; RuntimeUnavailableError.
   */
  static fromText(text: string, { runtime = runtimeFor(text).offline }: ValueOptions = {}): ValuePipeline {
    return new ValuePipeline(new runtime.ValuePipeline(text));
  }

  /** The same for a manifest that is parsed already. */
  static fromManifest(manifest: object, options: ValueOptions = {}): ValuePipeline {
    return ValuePipeline.fromText(JSON.stringify(manifest), options);
  }

  private constructor(graph: RuntimePipeline) {
    this.#graph = graph;
  }

  get graphInfo(): GraphInfo {
    return JSON.parse(this.#graph.graphInfo) as GraphInfo;
  }

  /**
   * Runs the pipeline on every value of a list in turn, or on the one value that `input` is otherwise.
   * @throws NativeError what a failing node said, with `nodeId`, `inputIndex` and `hint`; `invalid_json` for what
   *   JSON has no word for, such as `undefined`.
   */
  execute(input: JsonValue): Execution {
    // `undefined` has no JSON text; the runtime refuses the empty one with a code.
    return this.executeText(JSON.stringify(input) ?? '');
  }

  /** The same for an input that is JSON text already: whole numbers beyond 53 bits are kept on the way in. */
  executeText(input: string): Execution {
    return JSON.parse(this.#graph.execute(input)) as Execution;
  }

  /** As new. */
  reset(): void {
    this.#graph.reset();
  }
}
