/** From a plan to its parts. */
import type { AudioFormat, OfflineRuntime, PipelinePlan, PlannedPart } from '@remotemedia/native-dsp';
import type { ExternalNode } from '../external/external-node.js';
import type { Surroundings } from '../reliability/supervisor.js';
import { GraphPart } from './graph-part.js';
import { type Give, NodeWorker } from './node-worker.js';
import type { Outlet, RunningPart } from './part.js';
import { QueuedPart } from './queued-part.js';
import { RateAdapter } from './rate-adapter.js';
import { valueNode } from './value-node.js';

export interface Ingredients {
  /** The manifest, as text. */
  readonly text: string;
  /** JSON of the specifications of all node types outside. */
  readonly externals: string;
  readonly plan: PipelinePlan;
  readonly runtime: OfflineRuntime;
  /** @throws where nothing runs it. */
  readonly create: (part: PlannedPart) => ExternalNode;
  readonly format?: AudioFormat | undefined;
  readonly surroundings?: Surroundings | undefined;
}

export function makeParts(
  { text, externals, plan, runtime, create, format, surroundings = {} }: Ingredients,
  outlet: Outlet,
  session: AbortSignal,
): { parts: Map<string, RunningPart>; graph: GraphPart | undefined; workers: NodeWorker[] } {
  const nodes = new Map(plan.parts.map((part) => [part.id, part]));
  const workerOf = (part: PlannedPart) => {
    const node = part.part === 'value' ? valueNode(part, runtime) : create(part);
    return new NodeWorker(part, node, outlet, session, surroundings);
  };
  const isInTheChain = ({ hears, speaks }: PlannedPart) => hears && speaks;
  const outside = plan.parts.filter(({ part }) => part !== 'audio');
  const workers = new Map(outside.map((part) => [part.id, workerOf(part)]));
  const parts = new Map<string, RunningPart>();

  const chain = outside.filter(isInTheChain);
  const graph = plan.has_graph
    ? new GraphPart({
        compile: (input) => new runtime.OfflinePipeline(text, input, externals),
        adapt: ({ sampleRate, channels }) => new RateAdapter(runtime.RateConverter, sampleRate, channels),
        format,
        nodes,
        inTheChain: new Map(chain.map(({ id }) => [id, workers.get(id)!])),
        listen: (nodeId, frame) => parts.get(nodeId)?.put(nodeId, frame),
        output: audioOutput(plan),
        ...feedersOfGraph(plan),
        outlet,
        session,
      })
    : undefined;
  for (const { id, part } of plan.parts) if (part === 'audio') parts.set(id, graph!);
  for (const part of outside) {
    const worker = workers.get(part.id)!;
    parts.set(
      part.id,
      isInTheChain(part) ? graph! : new QueuedPart(worker, feedersOf(part, plan), session, giveOf(part)),
    );
  }
  return { parts, graph, workers: [...workers.values()] };

  /** Audio for the graph goes there; everything else goes its usual way. */
  function giveOf(part: PlannedPart): Give | undefined {
    if (!part.speaks) return undefined;
    return (output) => (output.kind === 'audio' ? graph!.speak(part.id, output) : outlet.send(part, output));
  }
}

/** Whether the graph runs it. */
function isOfGraph({ part, hears, speaks }: PlannedPart): boolean {
  return part === 'audio' || (hears && speaks);
}

/** The node whose audio is a result. */
function audioOutput(plan: PipelinePlan): PlannedPart | undefined {
  return plan.parts.find(
    (part) => part.is_output && (part.part === 'audio' || part.speaks) && part.gives.includes('audio'),
  );
}

/** Distinct parts in front of a node outside, and the input where it gets that. */
function feedersOf(node: PlannedPart, plan: PipelinePlan): number {
  const from = plan.connections.filter(({ to }) => to === node.id).map((edge) => edge.from);
  const nodes = plan.parts.filter(({ id }) => from.includes(id));
  const ofGraph = nodes.some(isOfGraph) ? 1 : 0;
  return ofGraph + nodes.filter((part) => !isOfGraph(part)).length + (node.is_source ? 1 : 0);
}

/** Who feeds the graph: those who would without it, and those who live on what it gives. */
function feedersOfGraph(plan: PipelinePlan): { feeders: number; lateFeeders: ReadonlySet<string> } {
  const byId = new Map(plan.parts.map((part) => [part.id, part]));
  const reached = new Set(plan.parts.filter(isOfGraph).map(({ id }) => id));
  const late = new Set<string>();
  // The plan's order is topological: one pass finds all that is downstream.
  for (const { id } of plan.parts) {
    const feeds = plan.connections.filter(({ to }) => to === id).map(({ from }) => from);
    if (!reached.has(id) && feeds.some((from) => reached.has(from) || late.has(from))) late.add(id);
  }
  const feeders = new Set<string>();
  for (const { from, to } of plan.connections) {
    const isOutside = !isOfGraph(byId.get(from)!);
    if (isOutside && isOfGraph(byId.get(to)!)) feeders.add(from);
  }
  const isSource = plan.parts.some((part) => part.is_source && (isOfGraph(part) || part.hears));
  const early = [...feeders].filter((id) => !late.has(id));
  return {
    feeders: early.length + (isSource ? 1 : 0),
    lateFeeders: new Set([...feeders].filter((id) => late.has(id))),
  };
}
