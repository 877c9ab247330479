/** A manifest from a file. The only place that knows files, so that a browser can have all the rest. */
import { PipelineError } from './errors.js';

/** Its text, and the address that modules are relative to. */
export async function readManifestFile(path: string): Promise<{ text: string; base: URL }> {
  // Not imported: bundlers for browsers would look for it.
  const builtin = globalThis.process?.getBuiltinModule;
  if (builtin === undefined) {
    throw new PipelineError(
      'no_files_here',
      'a browser has no files: fetch the manifest and use Pipeline.fromYaml',
    );
  }
  const { readFile } = builtin('node:fs/promises');
  const { pathToFileURL } = builtin('node:url');
  return { text: await readFile(path, 'utf8'), base: pathToFileURL(path) };
}
