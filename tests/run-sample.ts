/** Code out of documents, run as it stands there. */
import { transformSync } from 'esbuild';

/** The blocks of a language, in their order. */
export const samplesOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code!);

/**
 * Runs a sample and returns the variables that it declares.
 * @param modules what it may import, by name.
 */
export async function runSample(
  code: string,
  names: readonly string[],
  modules: Readonly<Record<string, object>>,
): Promise<Record<string, unknown>> {
  const { code: script } = transformSync(code, { loader: 'ts', format: 'esm' });
  const body = script.replace(/import (\{[^}]*\}) from ("[^"]+");/g, 'const $1 = modules[$2];');
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (it: unknown) => Promise<never>;
  return new AsyncFunction('modules', `${body}\nreturn { ${names.join(', ')} };`)(modules);
}
