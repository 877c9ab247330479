/** Packages in Node: the runtime of this machine, Python in worker threads and processes, threads for JavaScript, modules from memory. */
import { createPythonNode, describePythonModule, pythonHost } from '../python/index.js';
import { chooseRuntime } from '../runtime/runtime.js';
import { describeInThread, threadNode } from '../worker/host.js';
import type { Platform } from './platform.js';

export const NODE: Platform = {
  // What a package brings along is slower, and a stranger's.
  runtime: async () => chooseRuntime().offline,
  pythonNodes: (onLog) => pythonHost({ onLog }),
  describePython: async (source, executor, signal) =>
    (await describePythonModule(source, { executor }, signal)).map(({ spec }) => spec),
  createPython: createPythonNode,
  threads: {
    describe: (text, signal) => describeInThread(addressOf(text), signal),
    create: (text, nodeType, onLog) => threadNode({ href: addressOf(text), nodeType, onLog }),
  },
  moduleAddress: (text) => ({ href: addressOf(text), release() {} }),
};

const addressOf = (text: string): string =>
  `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
