/** What the native runtime throws, in the words of the command line. */
import { isNativeError } from '@remotemedia/native-dsp';
import { CommandError } from '../exit.js';

/** A {@link CommandError} for a failure of the runtime; anything else as it is. */
export function explain(error: unknown, manifestPath: string): unknown {
  if (!isNativeError(error)) return error;
  if (error.code === 'invalid_manifest') {
    const name = manifestPath === '-' ? 'standard input' : manifestPath;
    return new CommandError(`${name} is not valid`, error.complaints);
  }
  const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
  return new CommandError(`${error.message} [${error.code}]${hint}`);
}
