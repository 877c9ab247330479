/** The modules of a package as a host of nodes. */
import type { ExternalSpec } from '@remotemedia/native-dsp';
import type { NodeDefinition } from '../external/definition.js';
import { hostOf, type NodeHost } from '../external/host.js';
import { joined } from '../external/joined.js';
import { definitionsOf } from '../external/module-host.js';
import { importsOf } from './imports.js';
import { isJavaScript, isPython } from './module-name.js';
import type { LogLine, Platform } from './platform.js';

export interface PackagedModules {
  /**
   * Whether they may run elsewhere than in Pyodide. Looked at here once more: what runs a node the runtime says, and that may have come with
   * the package.
   */
  readonly isTrusted: boolean;
  readonly onLog?: LogLine | undefined;
}

/** @param modules texts, by the names that manifests have for them. */
export function packagedModules(
  modules: ReadonlyMap<string, string>,
  platform: Platform,
  { isTrusted, onLog }: PackagedModules,
): NodeHost {
  const loaded = new Map<string, readonly NodeDefinition[]>();
  const described = new Map<string, Promise<readonly ExternalSpec[] | undefined>>();
  return {
    specs: [],
    modules: new Set(modules.keys()),
    async load({ module, executor: wanted }, signal) {
      const text = module === null ? undefined : modules.get(module);
      if (module === null || text === undefined) return undefined;
      const executor = wanted ?? (isPython(module) ? 'python' : 'javascript');
      if (!isTrusted && (!isPython(module) || executor !== 'python')) return undefined;
      if (isPython(module) && (executor === 'python' || executor === 'cpython'))
        return once(`${executor} ${module}`, () =>
          platform.describePython({ text, name: module }, executor, signal),
        );
      if (isJavaScript(module) && executor === 'worker')
        return once(module, async () => platform.threads?.describe(text, signal));
      if (!isJavaScript(module) || executor !== 'javascript') return undefined;
      const definitions = await definitionsIn(text, platform);
      loaded.set(module, definitions);
      return definitions.map(({ spec }) => spec);
    },
    create(part) {
      const { executor, module, node_type: nodeType } = part;
      const text = module === null ? undefined : modules.get(module);
      if (module === null || text === undefined || (!isTrusted && executor !== 'python')) return undefined;
      if (executor === 'javascript') return hostOf(loaded.get(module) ?? []).create(part);
      if (executor === 'worker') return platform.threads?.create(text, nodeType, onLog);
      if (executor !== 'python' && executor !== 'cpython') return undefined;
      const source = { text, name: module };
      return platform.createPython({ executor, source, className: nodeType, options: { onLog } });
    },
  };

  /** Texts do not change, and each time an interpreter would have to start. What failed may be asked again. */
  function once(
    key: string,
    describe: () => Promise<readonly ExternalSpec[] | undefined>,
  ): Promise<readonly ExternalSpec[] | undefined> {
    const known = described.get(key);
    if (known) return joined(known, () => once(key, describe));
    const asked = describe();
    described.set(key, asked);
    asked.catch(() => described.delete(key));
    return asked;
  }
}

async function definitionsIn(text: string, platform: Platform): Promise<readonly NodeDefinition[]> {
  const { href, release } = platform.moduleAddress(text);
  try {
    return await definitionsOf(href);
  } catch (cause) {
    const imports = importsOf(text);
    if (imports.length === 0) throw cause;
    const hint = 'a module in a package stands alone; write what defineNode gives as a plain object';
    throw new Error(`it imports ${imports.join(', ')}: ${hint}`, { cause });
  } finally {
    release();
  }
}
