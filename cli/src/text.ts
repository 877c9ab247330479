/** Files given on the command line. */
import { readFile } from 'node:fs/promises';
import type { Replaced } from '@remotemedia/native-dsp';
import { complaintsAsWritten, interpolation } from '@remotemedia/pipeline';
import { CommandError } from './exit.js';
import { notValid } from './offline/explain.js';
import { isPackage, readPackage } from './package-file.js';
import { offlineRuntime } from './runtime.js';

/**
 * What `use` makes of a manifest: the text of a file, or of standard input for `-`, with the variables in it replaced; of a package, which has
 * none, as it is. Complaints of `use` quote what came out of variables as it was written.
 * @throws CommandError with all complaints, those about references that lead to no value too.
 */
export async function withManifest<T>(path: string, use: (text: string) => T | Promise<T>): Promise<T> {
  if (isPackage(path)) return use(JSON.stringify((await readPackage(path)).manifest));
  const answer = interpolation(await readText(path, 'manifest'), process.env, offlineRuntime());
  if (!answer.ok) throw notValid(path, answer.complaints);
  try {
    return await use(answer.text);
  } catch (error) {
    throw quotingAsWritten(error, answer.replaced);
  }
}

function quotingAsWritten(error: unknown, replaced: readonly Replaced[]): unknown {
  if (!(error instanceof CommandError)) return error;
  const complaints = complaintsAsWritten(error.complaints, replaced, offlineRuntime());
  return new CommandError(error.message, complaints);
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
