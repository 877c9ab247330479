/** Nodes in threads, made for a test. Threads load what was built, so that has to be fresh. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonValue, PlannedPart } from '@remotemedia/native-dsp';
import { type ExternalNode, type Item, type NodeContext, Pipeline } from '@remotemedia/pipeline';
import { type WorkerHostOptions, workerHost } from '@remotemedia/pipeline/worker';
import { collect, plainValue } from '../python/runtimes.js';

export const NODES = new URL('nodes/', import.meta.url);
/** Longest call, the start of a thread on a busy machine included. */
const CALL_MS = 20_000;

const sources = fileURLToPath(new URL('../../pipeline/src/', import.meta.url));
const built = statSync(fileURLToPath(new URL('../../pipeline/dist/.tsbuildinfo', import.meta.url))).mtimeMs;
for (const folder of ['worker', 'guest', 'external', 'reliability'])
  for (const name of readdirSync(join(sources, folder)))
    if (statSync(join(sources, folder, name)).mtimeMs > built)
      throw new Error(`${folder}/${name} is newer than what threads load: run npx tsc -b`);

const open: ExternalNode[] = [];

export async function closeNodes(): Promise<void> {
  await Promise.all(open.splice(0).map((node) => node.close?.()));
}

export const freshContext = (params: NodeContext['params'] = {}, ms = CALL_MS): NodeContext => ({
  nodeId: 'n',
  params,
  signal: AbortSignal.timeout(ms),
});

/** One node of a module in `nodes/`. */
export function nodeOf(
  module: string,
  node_type: string,
  { params = {}, ...options }: WorkerHostOptions & { params?: NodeContext['params'] } = {},
) {
  const printed: string[] = [];
  const onLog = (line: string) => void printed.push(line);
  const host = workerHost({ base: NODES, onLog, ...options });
  const node = host.create({ executor: 'worker', module, node_type } as PlannedPart)!;
  open.push(node);
  const items = async (item: Item, ms?: number) =>
    collect(await node.process(item, freshContext(params, ms)));
  const values = async (value: JsonValue, ms?: number) =>
    (await items({ kind: 'value', value }, ms)).map(plainValue);
  return { node, items, values, printed };
}

interface ManifestNode {
  readonly node_type: string;
  readonly module: string;
  readonly executor?: string;
  readonly params?: object;
  readonly execution?: object;
}

/** A pipeline of one node of a module in `nodes/`; of two, where one in Rust is to make frames of audio. */
export function pipelineOf(
  node: ManifestNode,
  {
    inFrames = false,
    loadTimeoutMs = CALL_MS,
    ...options
  }: WorkerHostOptions & { inFrames?: boolean; loadTimeoutMs?: number } = {},
): Pipeline {
  const audio = inFrames && { takes: ['audio'], gives: ['audio', 'event'] };
  const nodes: object[] = [{ id: 'n', executor: 'worker', ...audio, ...node }];
  if (inFrames) nodes.push({ id: 'gain', node_type: 'GainNode' });
  const connections = inFrames ? [{ from: 'n', to: 'gain' }] : [];
  const hosts = [workerHost({ base: NODES, ...options })];
  return Pipeline.fromManifest({ version: 'v1', nodes, connections }, { base: NODES, hosts, loadTimeoutMs });
}
