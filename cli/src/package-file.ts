/** Packages given on the command line. They are checked and run by the runtime of this machine, never by the one that they bring along. */
import { readFile, stat } from 'node:fs/promises';
import {
  type LoadedPackage,
  PACKAGE_LIMITS,
  PackageError,
  PackageLoader,
} from '@remotemedia/pipeline/package';
import { CommandError } from './exit.js';
import { offlineRuntime } from './runtime.js';

export const isPackage = (path: string): boolean => path.endsWith('.rmpkg');

/** @throws CommandError with all complaints. */
export async function readPackage(path: string): Promise<LoadedPackage> {
  return refusing(path, async () => {
    // Not read where it is too large.
    const { size } = await stat(path).catch((error: Error) => {
      throw new CommandError(`cannot read the package ${path}: ${error.message}`);
    });
    if (size > PACKAGE_LIMITS.packedBytes)
      throw new PackageError('package_too_large', `it has more than ${PACKAGE_LIMITS.packedBytes} bytes`);
    return PackageLoader.load(await readFile(path), { runtime: offlineRuntime() });
  });
}

/** What a package is refused for, in the words of the command line. */
export async function refusing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    const { code, complaints, message } = error;
    if (code === 'invalid_manifest') throw new CommandError(`${path} is not valid`, complaints);
    const hint = code === 'trust_required' ? '\n  Here that is --trust.' : '';
    throw new CommandError(`${path}: ${message} [${code}]${hint}`);
  }
}
