/** Nodes in JavaScript: the specification that Rust nodes have, with parameters whose types follow from it. */
import type { Carried, ExternalParam, ExternalSpec, JsonValue } from '@remotemedia/native-dsp';
import type { JsonObject } from '../item.js';
import type { ExternalNode } from './external-node.js';
import { type FrameNode, nodeOnItems } from './frame-node.js';

/** A node type that a pipeline can use. */
export interface NodeDefinition {
  readonly spec: ExternalSpec;
  /** One for each place and session. Parameters have been checked against the specification. */
  create(params: JsonObject): ExternalNode;
}

/** The type of a parameter's values. */
type ValueOf<Param extends ExternalParam> = Param['type'] extends 'number' | 'integer'
  ? number
  : Param['type'] extends 'boolean'
    ? boolean
    : Param['type'] extends 'string'
      ? string
      : Param['type'] extends 'choice'
        ? NonNullable<Param['options']>[number]
        : JsonValue;

/** The parameters that a specification describes; those without a default may be absent. */
export type ParamsOf<Params extends readonly ExternalParam[]> = {
  readonly [Param in Params[number] as Param['name']]: Param extends { default: JsonValue }
    ? ValueOf<Param>
    : ValueOf<Param> | undefined;
};

export interface NodeDescription<Params extends readonly ExternalParam[]> {
  /** The node type in manifests. */
  readonly type: string;
  readonly aliases?: readonly string[];
  /** One sentence. */
  readonly summary: string;
  readonly params?: Params;
  /** Default: values, events and bytes. Audio must be asked for. */
  readonly takes?: readonly Carried[];
  /** Default: values and events. */
  readonly gives?: readonly Carried[];
  /** What audio is converted to on the way in; default: as it comes. */
  readonly input?: NonNullable<ExternalSpec['input']>;
  /** What its audio is, where that is not what it was given. */
  readonly output?: NonNullable<ExternalSpec['output']>;
  /** Makes one: a node on items, or one on frames of audio. */
  create(params: ParamsOf<Params>): ExternalNode | FrameNode;
}

/**
 * Describes a node type.
 *
 *     const gain = defineNode({
 *       type: 'MyGain', summary: 'Louder.', takes: ['audio'], gives: ['audio'],
 *       params: [{ name: 'factor', type: 'number', min: 0, max: 10, default: 2, documentation: 'By how much.' }],
 *       create: ({ factor }) => ({ frame: (planes) => planes.forEach((plane) => plane.forEach((x, n) => (plane[n] = x * factor))) }),
 *     });
 */
export function defineNode<const Params extends readonly ExternalParam[] = readonly []>(
  description: NodeDescription<Params>,
): NodeDefinition {
  const { type, create, ...rest } = description;
  return {
    spec: { params: [], ...rest, node_type: type, executor: 'javascript' },
    create: (params) => nodeOnItems(type, create(params as ParamsOf<Params>)),
  };
}
