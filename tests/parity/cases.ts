/**
 * What the runtimes are compared on: every node on audio at its defaults and with every parameter at each of its ends, every
 * committed pipeline, some rate conversions; `values.ts` has the nodes on values. Made from the catalogue, so that a new node is compared by existing. Runs in a browser too.
 */
import type { AudioFormat } from '@remotemedia/native-dsp/wasm';

export interface ParityCase {
  /** The node type or pipeline that it belongs to. */
  readonly subject: string;
  /** Unique. */
  readonly name: string;
  readonly manifest: string;
  readonly format: AudioFormat;
}

/** A node type as the catalogue describes it. */
export interface NodeType {
  readonly node_type: string;
  readonly role: 'analyser' | 'transform' | 'sink' | 'value';
  readonly works_on: readonly ('audio' | 'values')[];
  readonly events: readonly string[];
  readonly requires: readonly string[];
  readonly params: readonly Param[];
}

export type Param = { readonly name: string } & (
  | { type: 'number' | 'integer' | 'integer_or_auto'; min: number; max: number }
  | { type: 'boolean'; default: boolean }
  | { type: 'choice'; options: readonly string[] }
);

const VOICE: AudioFormat = { sampleRate: 48_000, channels: 1 };
const STEREO: AudioFormat = { sampleRate: 44_100, channels: 2 };
/** Where the defaults are compared as well. */
const OTHER_FORMATS: readonly AudioFormat[] = [{ sampleRate: 16_000, channels: 1 }, STEREO];

const SPEAKERS: AudioFormat = { sampleRate: 48_000, channels: 3 };

/** Nodes that compare channels, and what there is to compare: of one they say little or nothing. */
const COMPARING: { readonly [node_type: string]: AudioFormat } = {
  ChannelBalanceNode: STEREO,
  ConversationFlowNode: SPEAKERS,
  SpeechPresenceNode: STEREO,
};
/** Nodes that make events of others' events, but require none: they hear these. */
const LISTENING: ReadonlySet<string> = new Set([
  'AudioEvidenceNode',
  'EventCorrelatorNode',
  'SessionHealthNode',
]);
const HEARD: readonly { readonly id: string; readonly node_type: string; readonly params?: object }[] = [
  { id: 'silence', node_type: 'SilenceDetectorNode', params: { sustained_silence_ms: 300 } },
  { id: 'clipping', node_type: 'ClippingDetectorNode' },
];

export function casesOf(node: NodeType, catalogue: readonly NodeType[]): ParityCase[] {
  const subject = node.node_type;
  const make = (setting: string, params: object, format: AudioFormat): ParityCase => ({
    subject,
    name: `${subject} ${setting} ${format.sampleRate}/${format.channels}`,
    manifest: manifestOf(node, params, catalogue),
    format,
  });
  return [
    ...[VOICE, ...OTHER_FORMATS].map((format) => make('defaults', {}, format)),
    ...node.params.flatMap((param) =>
      ends(param).map((value) =>
        make(`${param.name}=${value}`, { [param.name]: value }, COMPARING[subject] ?? VOICE),
      ),
    ),
  ];
}

export function caseOfPipeline(name: string, manifest: string): ParityCase {
  return { subject: name, name, manifest, format: VOICE };
}

/** The node by itself, or behind one that emits the events which it requires. */
function manifestOf(node: NodeType, params: object, catalogue: readonly NodeType[]): string {
  const nodes: object[] = [{ id: 'node', node_type: node.node_type, params }];
  const connections: object[] = [];
  if (LISTENING.has(node.node_type)) {
    nodes.unshift(...HEARD);
    connections.push(...HEARD.map(({ id }) => ({ from: id, to: 'node' })));
  }
  if (node.requires.length > 0) {
    const emits = ({ events }: NodeType) => node.requires.every((event) => events.includes(event));
    nodes.unshift({ id: 'emitter', node_type: catalogue.find(emits)!.node_type });
    connections.push({ from: 'emitter', to: 'node' });
  }
  return JSON.stringify({ version: 'v1', nodes, connections });
}

/** The values of a parameter that are tried. */
export function ends(param: Param): readonly (number | boolean | string)[] {
  switch (param.type) {
    case 'boolean':
      return [!param.default];
    case 'choice':
      return param.options;
    default:
      return [param.min, param.max];
  }
}
