/** What the native runtime throws, in the words of the command line. */
import { type Complaint, isNativeError } from '@remotemedia/native-dsp';
import { CommandError } from '../exit.js';

/** A {@link CommandError} for a failure of the runtime; anything else as it is. */
export function explain(error: unknown, manifestPath: string): unknown {
  if (!isNativeError(error)) return error;
  if (error.code === 'invalid_manifest') return notValid(manifestPath, error.complaints ?? []);
  const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
  return new CommandError(`${error.message} [${error.code}]${hint}`);
}

export function notValid(manifestPath: string, complaints: readonly Complaint[]): CommandError {
  const name = manifestPath === '-' ? 'standard input' : manifestPath;
  return new CommandError(`${name} is not valid`, complaints.filter(isCause(complaints)));
}

/** That nothing runs a module follows from an executor that there is not. */
function isCause(complaints: readonly Complaint[]): (complaint: Complaint) => boolean {
  const wrong = new Set(complaints.map(({ path }) => path).filter((path) => path.endsWith('].executor')));
  return ({ code, path }) => code !== 'module_not_loaded' || !wrong.has(path.replace(/module$/, 'executor'));
}
