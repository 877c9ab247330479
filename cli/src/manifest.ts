/** Manifests given on the command line. */
import { readFile } from 'node:fs/promises';
import { CommandError } from './exit.js';

/** The text of a manifest file, or of standard input for `-`. */
export async function readManifest(path: string): Promise<string> {
  if (path !== '-') {
    return readFile(path, 'utf8').catch((error: Error) => {
      throw new CommandError(`cannot read the manifest ${path}: ${error.message}`);
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
