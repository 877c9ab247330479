/** Files given on the command line. */
import { readFile } from 'node:fs/promises';
import { CommandError } from './exit.js';

/** The text of a manifest file, or of standard input for `-`. */
export const readManifest = (path: string): Promise<string> => readText(path, 'manifest');

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
