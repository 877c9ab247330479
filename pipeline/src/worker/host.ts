/** Nodes in JavaScript that a manifest wants in a thread of their own: `executor: worker`, `module: ./x.js`. For Node only. */
import type { ExternalSpec } from '@remotemedia/native-dsp';
import { NodeFailure } from '../external/external-node.js';
import type { NodeHost } from '../external/host.js';
import { GuestNode } from '../guest/guest-node.js';
import { Descriptions } from './descriptions.js';
import { WorkerInterpreter } from './interpreter.js';

export interface WorkerHostOptions {
  /** URL of the manifest: modules are found relative to it. Without it, no manifest may name a module. */
  readonly base?: string | URL;
  /**
   * Of the heap of each node, in MiB; default: what Node gives a thread. Who wants more fails with `resource`, `out_of_memory`. Memory of typed
   * arrays is outside of the heap, and not counted.
   */
  readonly memoryMb?: number;
  /** Every line that a node prints, and where what it threw comes from. Bounded: 200 lines a second, 2000 characters a line. */
  readonly onLog?: (line: string, nodeId: string) => void;
}

/** For the `hosts` of a pipeline. */
export function workerHost({ base, memoryMb, onLog }: WorkerHostOptions = {}): NodeHost {
  // In a thread as well: a module that never ends its import must not keep the gateway from anything.
  const descriptions = new Descriptions(async (href, signal) => {
    const specs = await nodeOf(href).describe(signal);
    return (specs as unknown as ExternalSpec[]).map((spec) => ({ ...spec, executor: 'worker' }));
  });
  return {
    specs: [],
    async load({ module, executor }, signal) {
      if (executor !== 'worker' || module === null || base === undefined) return undefined;
      return descriptions.of(new URL(module, base).href, signal);
    },
    create({ executor, module, node_type }) {
      if (executor !== 'worker') return undefined;
      if (module === null || base === undefined) {
        const message = `${node_type}: \`executor: worker\` needs a \`module\` to load in the thread`;
        throw new NodeFailure('permanent', 'module_missing', message);
      }
      return nodeOf(new URL(module, base).href, node_type);
    },
  };

  function nodeOf(href: string, node_type?: string): GuestNode {
    return new GuestNode({
      start: (events) => new WorkerInterpreter(memoryMb, events),
      module: () => ({ href }),
      which: { node_type },
      onLog,
    });
  }
}
