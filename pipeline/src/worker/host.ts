/** Nodes in JavaScript that a manifest wants in a thread of their own: `executor: worker`, `module: ./x.js`. For Node only. */
import type { ExternalSpec } from '@remotemedia/native-dsp';
import { Descriptions } from '../external/descriptions.js';
import { NodeFailure } from '../external/external-node.js';
import type { NodeHost } from '../external/host.js';
import { Describer } from '../guest/describer.js';
import { GuestNode } from '../guest/guest-node.js';
import { WorkerInterpreter } from './interpreter.js';

export interface WorkerHostOptions {
  /** URL of the manifest: modules are found relative to it. Without it, no manifest may name a module. */
  readonly base?: string | URL;
  /**
   * Of the heap of each node, in MiB; default: what Node gives a thread. Who wants more fails with `resource`, `out_of_memory`. Memory of typed
   * arrays is outside of the heap, and not counted.
   */
  readonly memoryMb?: number | undefined;
  /** Every line that a node prints, and where what it threw comes from. Bounded: 200 lines a second, 2000 characters a line. */
  readonly onLog?: ((line: string, nodeId: string) => void) | undefined;
}

/** For the `hosts` of a pipeline. */
export function workerHost({ base, memoryMb, onLog }: WorkerHostOptions = {}): NodeHost {
  const descriptions = new Descriptions();
  return {
    specs: [],
    async load({ module, executor }, signal) {
      if (executor !== 'worker' || module === null || base === undefined) return undefined;
      const { href } = new URL(module, base);
      return descriptions.of(href, executor, () => describeInThread(href, signal));
    },
    create({ executor, module, node_type: nodeType }) {
      if (executor !== 'worker') return undefined;
      if (module === null || base === undefined) {
        const message = `${nodeType}: \`executor: worker\` needs a \`module\` to load in the thread`;
        throw new NodeFailure('permanent', 'module_missing', message);
      }
      return threadNode({ href: new URL(module, base).href, nodeType, memoryMb, onLog });
    },
  };
}

/** What a module says of its nodes. In a thread as well: one that never ends its import must not keep the gateway from anything. */
export async function describeInThread(href: string, signal: AbortSignal): Promise<ExternalSpec[]> {
  // Each in a thread of its own: in one that has imported it, a module that changed would stay what it was.
  const describer = new Describer((events) => new WorkerInterpreter(undefined, events));
  const specs = await describer.describe({ href }, signal);
  return (specs as unknown as ExternalSpec[]).map((spec) => ({ ...spec, executor: 'worker' }));
}

/** It takes some 50 ms where nobody else wants the processor. */
const THREAD_START_MS = 1000;

/** One node of the module at this address. */
export function threadNode({
  href,
  nodeType,
  memoryMb,
  onLog,
}: Pick<WorkerHostOptions, 'memoryMb' | 'onLog'> & { href: string; nodeType: string }): GuestNode {
  return new GuestNode({
    start: (events) => new WorkerInterpreter(memoryMb, events),
    startMs: THREAD_START_MS,
    module: () => ({ href }),
    which: { node_type: nodeType },
    onLog,
  });
}
