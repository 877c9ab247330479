/** Packages in Node: the runtime of this machine, Python in worker threads and processes, modules from memory. */
import { createPythonNode, describePythonModule, pythonHost } from '../python/index.js';
import { chooseRuntime } from '../runtime/runtime.js';
import type { Platform } from './platform.js';

export const NODE: Platform = {
  // What a package brings along is slower, and a stranger's.
  runtime: async () => chooseRuntime().offline,
  pythonNodes: () => pythonHost(),
  describePython: async (source, executor) =>
    (await describePythonModule(source, { executor })).map(({ spec }) => spec),
  createPython: createPythonNode,
  moduleAddress: (text) => ({
    href: `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`,
    release() {},
  }),
};
