/** Files given on the command line. */
import { readFile } from 'node:fs/promises';
import { interpolateManifest } from '@remotemedia/pipeline';
import { CommandError } from './exit.js';
import { explain } from './offline/explain.js';
import { isPackage, readPackage } from './package-file.js';
import { offlineRuntime } from './runtime.js';

/**
 * The text of a manifest file, or of standard input for `-`, with the variables in it replaced; of a package, which has none, as it is.
 * @throws CommandError with all complaints about references that lead to no value.
 */
export async function readManifest(path: string): Promise<string> {
  if (isPackage(path)) return JSON.stringify((await readPackage(path)).manifest);
  const text = await readText(path, 'manifest');
  try {
    return interpolateManifest(text, process.env, offlineRuntime());
  } catch (error) {
    throw explain(error, path);
  }
}

/** The text of a file that is the `role` of a command, or of standard input for `-`. */
export async function readText(path: string, role: string): Promise<string> {
  if (path !== '-') {
    return readFile(path, 'utf8').catch((error: Error) => {
      throw new CommandError(`cannot read the ${role} ${path}: ${error.message}`);
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
