/** The modules that a manifest names, and the entries in which a package has them. */
import { faultOf } from './zip/name.js';

export const MODULES = 'modules/';

/** A node of a manifest, as far as its code is concerned. */
export interface NamedModule {
  readonly index: number;
  readonly module: string;
  readonly executor: string | undefined;
}

export const isJavaScript = (module: string): boolean => /\.m?js$/.test(module);
export const isPython = (module: string): boolean => module.endsWith('.py');

/** Whether it runs with the rights of who runs the pipeline. Python in Pyodide does not. */
export const needsTrust = ({ module, executor }: NamedModule): boolean =>
  !isPython(module) || (executor !== undefined && executor !== 'python');

/** In the order of the nodes; one that several nodes name stands there as often. */
export function modulesNamedIn(manifest: object): NamedModule[] {
  const { nodes } = manifest as { nodes?: unknown };
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown, index) => {
    const { module, executor } = (node ?? {}) as { module?: unknown; executor?: unknown };
    if (typeof module !== 'string') return [];
    return [{ index, module, executor: typeof executor === 'string' ? executor : undefined }];
  });
}

/** `./nodes/a.js` is `modules/nodes/a.js`; `fault` ends a sentence about one that no package can have. */
export function moduleEntry(module: string): { readonly entry: string } | { readonly fault: string } {
  const path = module.replace(/^\.\//, '');
  const fault = faultOf(path);
  if (fault) return { fault };
  // In a file's address they would mean something else.
  if (/[%?#]/.test(path)) return { fault: 'has one of the characters % ? #' };
  if (!isJavaScript(path) && !isPython(path)) return { fault: 'does not end in .js, .mjs or .py' };
  return { entry: `${MODULES}${path}` };
}
