/** Packages in a page: WebAssembly, Python in Web Workers, modules from memory. Nothing here imports Node. */
import type { OfflineRuntime } from '@remotemedia/native-dsp';
import { loadWasm } from '@remotemedia/native-dsp/wasm';
import { createPythonNode, describePythonModule, pythonHost } from '../python/web.js';
import { RuntimeUnavailableError } from '../runtime/choice.js';
import type { Platform } from './platform.js';

/** Where the page's server has the module, for packages without one. */
const ADDRESS = '/remotemedia.wasm';

let served: Promise<OfflineRuntime> | undefined;

export const PAGE: Platform = {
  runtime(binary) {
    if (binary) return loadWasm(binary);
    served ??= loadWasm(fetch(ADDRESS)).catch((cause) => {
      // It may be there the next time.
      served = undefined;
      const message = `the package brings no runtime, and ${ADDRESS} cannot be had (${cause.message}): serve it, or hand one in`;
      throw new RuntimeUnavailableError('wasm', message, cause);
    });
    return served;
  },
  pythonNodes: (onLog) => pythonHost({ onLog }),
  describePython: async (source, _executor, signal) =>
    (await describePythonModule(source, {}, signal)).map(({ spec }) => spec),
  createPython: createPythonNode,
  moduleAddress(text) {
    const href = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    return { href, release: () => URL.revokeObjectURL(href) };
  },
};
