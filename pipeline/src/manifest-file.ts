/** A manifest from a file. The only place that knows files, so that a browser can have all the rest. */
import { PipelineError } from './errors.js';

/** Its text, and the address that modules are relative to. */
export async function readManifestFile(path: string): Promise<{ text: string; base: URL }> {
  if (globalThis.process?.versions?.node === undefined) {
    throw new PipelineError(
      'no_files_here',
      'a browser has no files: fetch the manifest and use Pipeline.fromYaml',
    );
  }
  // Not static: bundles for browsers must not need them.
  const [{ readFile }, { pathToFileURL }] = await Promise.all([
    import('node:fs/promises'),
    import('node:url'),
  ]);
  return { text: await readFile(path, 'utf8'), base: pathToFileURL(path) };
}
