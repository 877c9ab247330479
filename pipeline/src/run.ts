/** One input through a pipeline at once: what can go in, and what comes out. */
import type { JsonValue, PipelineMetrics, PipelinePlan } from '@remotemedia/native-dsp';
import { NodeFailure } from './external/external-node.js';
import type { AudioItem, Item, PipelineEvent } from './item.js';
import type { PipelineOutput, PipelineSession } from './session/pipeline-session.js';

/** Audio as most people have it. */
export interface AudioInput {
  /** Mono, or one plane per channel; f32 in -1..1. */
  readonly audio: Float32Array | readonly Float32Array[];
  /** Hz. */
  readonly sampleRate: number;
}

/** Audio; items; or JSON values: the entries of a list one after the other, anything else as one. */
export type RunInput = AudioInput | { readonly items: Iterable<Item> } | JsonValue;

export interface RunResult {
  /**
   * The values that the output nodes gave: of the one output node the value itself where there is exactly one, a list otherwise;
   * of several, by their ids.
   */
  readonly value: JsonValue;
  /** The audio that the pipeline gave, in one piece, its delay taken out; nothing where it gave none. */
  readonly audio: AudioItem | undefined;
  readonly events: readonly PipelineEvent[];
  /** Everything, in the order in which it came. */
  readonly outputs: readonly PipelineOutput[];
  readonly metrics: PipelineMetrics;
}

/** @throws NodeFailure `unsound_audio` for samples of which nobody says how many make a second. */
export function* itemsOf(input: RunInput): Iterable<Item> {
  refuseBareSamples(input);
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    if ('audio' in input && 'sampleRate' in input) {
      const { audio, sampleRate } = input as AudioInput;
      yield { kind: 'audio', planes: audio instanceof Float32Array ? [audio] : audio, sampleRate };
      return;
    }
    if ('items' in input && isItems(input['items'])) {
      yield* input['items'] as Iterable<Item>;
      return;
    }
  }
  const values = Array.isArray(input) ? (input as JsonValue[]) : [input as JsonValue];
  for (const value of values) yield { kind: 'value', value };
}

/** They are no JSON value either. */
function refuseBareSamples(input: unknown): void {
  const isSamples = (it: unknown) =>
    ArrayBuffer.isView(it) || (Array.isArray(it) && it.some(ArrayBuffer.isView));
  const isRateless =
    typeof input === 'object' &&
    input !== null &&
    'audio' in input &&
    !('sampleRate' in input) &&
    isSamples(input.audio);
  if (!isRateless && !isSamples(input)) return;
  const message = 'samples need their rate in Hz: run({ audio: samples, sampleRate: 16000 })';
  throw new NodeFailure('invalid_input', 'unsound_audio', message);
}

/** A JSON value may have a field of this name too. */
function isItems(value: unknown): boolean {
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null && Symbol.iterator in value;
  return value.every((item) => typeof item === 'object' && item !== null && 'kind' in item);
}

/** Reads a session to its end. */
export async function collect(
  session: PipelineSession,
  plan: PipelinePlan,
): Promise<Omit<RunResult, 'metrics'>> {
  const outputs: PipelineOutput[] = [];
  for await (const output of session.outputs) outputs.push(output);
  const events = outputs.flatMap(({ item }) => (item.kind === 'event' ? [item.event] : []));
  const audio = outputs.flatMap(({ item }) => (item.kind === 'audio' ? [item] : []));
  return { value: valuesOf(outputs, plan), audio: inOnePiece(audio), events, outputs };
}

function valuesOf(outputs: readonly PipelineOutput[], plan: PipelinePlan): JsonValue {
  const nodes = plan.parts.filter(({ is_output, gives }) => is_output && gives.includes('value'));
  const byNode = Object.fromEntries(
    nodes.map(({ id }) => {
      const own = outputs.filter(({ nodeId }) => nodeId === id);
      const values = own.flatMap(({ item }) => (item.kind === 'value' ? [item.value] : []));
      return [id, values.length === 1 ? values[0]! : values];
    }),
  );
  return nodes.length === 1 ? byNode[nodes[0]!.id]! : byNode;
}

function inOnePiece(parts: readonly AudioItem[]): AudioItem | undefined {
  const first = parts[0];
  if (!first) return undefined;
  const alike = parts.filter(
    ({ sampleRate, planes }) => sampleRate === first.sampleRate && planes.length === first.planes.length,
  );
  const length = alike.reduce((sum, { planes }) => sum + planes[0]!.length, 0);
  const planes = first.planes.map((_, channel) => {
    const whole = new Float32Array(length);
    let at = 0;
    for (const part of alike) {
      whole.set(part.planes[channel]!, at);
      at += part.planes[channel]!.length;
    }
    return whole;
  });
  return { kind: 'audio', planes, sampleRate: first.sampleRate };
}
