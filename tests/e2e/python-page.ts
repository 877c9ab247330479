/** The side of the browser: bundled without anything of Node, it runs nodes in Python and answers with what they give. */
import { createPythonNode } from '@remotemedia/pipeline/python/web';

/** What a node gave for one item, or the failure. */
export type Given = { values: unknown[] } | { code: string; message: string };

declare global {
  interface Window {
    runPython(text: string, values: readonly unknown[], base?: string): Promise<Given[]>;
    runBundled(file: string, values: readonly unknown[]): Promise<Given[]>;
  }
}

type Source = Parameters<typeof createPythonNode>[0]['source'];

async function run(source: Source, values: readonly unknown[], base?: string): Promise<Given[]> {
  const node = createPythonNode({ executor: 'python', source, options: { base } });
  const given: Given[] = [];
  for (const value of values) {
    const context = { nodeId: 'n', params: {}, signal: AbortSignal.timeout(30_000) };
    try {
      const output = await node.process({ kind: 'value', value } as never, context);
      const items = output === undefined ? [] : 'kind' in output ? [output] : output;
      const result: unknown[] = [];
      for await (const item of items) result.push(item.kind === 'value' ? item.value : item.kind);
      given.push({ values: result });
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      given.push({ code, message });
    }
  }
  await node.close?.();
  return given;
}

window.runPython = (text, values, base) => run({ text }, values, base);
window.runBundled = (file, values) => run({ url: `/python/python/nodes/${file}` }, values);
