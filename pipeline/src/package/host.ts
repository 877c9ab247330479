/** The modules of a package as a host of nodes. */
import type { PlannedPart } from '@remotemedia/native-dsp';
import type { NodeDefinition } from '../external/definition.js';
import type { ExternalNode } from '../external/external-node.js';
import { type FrameNode, frameNode, isFrameNode } from '../external/frame-node.js';
import { hostOf, type NodeHost } from '../external/host.js';
import { definitionsOf } from '../external/module-host.js';
import { importsOf } from './imports.js';
import { isJavaScript, isPython } from './module-name.js';
import type { Platform } from './platform.js';

/**
 * @param modules texts, by the names that manifests have for them.
 * @param isTrusted whether they may run elsewhere than in Pyodide. Looked at here once more: what runs a node the runtime says, and that may
 *   have come with the package.
 */
export function packagedModules(
  modules: ReadonlyMap<string, string>,
  platform: Platform,
  isTrusted: boolean,
): NodeHost {
  const loaded = new Map<string, readonly NodeDefinition[]>();
  return {
    specs: [],
    modules: new Set(modules.keys()),
    async load({ module, executor }) {
      const text = module === null ? undefined : modules.get(module);
      if (module === null || text === undefined) return undefined;
      if (!isTrusted && (!isPython(module) || (executor ?? 'python') !== 'python')) return undefined;
      if (isJavaScript(module) && (executor ?? 'javascript') === 'javascript') {
        const definitions = await definitionsIn(text, platform);
        loaded.set(module, definitions);
        return definitions.map(({ spec }) => spec);
      }
      const python = executor ?? 'python';
      if (!isPython(module) || (python !== 'python' && python !== 'cpython')) return undefined;
      return platform.describePython({ text, name: module }, python);
    },
    create(part) {
      const text = part.module === null ? undefined : modules.get(part.module);
      if (text === undefined || (!isTrusted && part.executor !== 'python')) return undefined;
      if (part.executor === 'javascript') return createJavaScript(part);
      return createPython(part, text);
    },
  };

  /** Nobody has wrapped a node on frames: what does that cannot be imported in a package. */
  function createJavaScript(part: PlannedPart) {
    const node: ExternalNode | FrameNode | undefined = hostOf(loaded.get(part.module!) ?? []).create(part);
    return node && isFrameNode(node) ? frameNode(node) : node;
  }

  function createPython({ executor, module, node_type: className }: PlannedPart, text: string) {
    if (executor !== 'python' && executor !== 'cpython') return undefined;
    return platform.createPython({ executor, source: { text, name: module! }, className });
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
