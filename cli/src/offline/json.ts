/** A pipeline of JSON values over the value that the command line gives. */
import { isNativeError, type ManifestValidation } from '@remotemedia/native-dsp';
import { CommandError, UsageError } from '../exit.js';
import { offlineRuntime } from '../runtime.js';
import { readText } from '../text.js';
import { explain } from './explain.js';

/** Whether a manifest works on values. One that could work on either runs on audio. */
export function isOnValues(manifest: string): boolean {
  const { kind } = JSON.parse(offlineRuntime().validateManifest(manifest)) as ManifestValidation;
  return kind === 'values';
}

/**
 * Executes `manifest` on `input`: JSON, `@` and the path of a file that holds it, or `-` for standard input.
 * @returns the result as the runtime writes it: parsing it here would round long whole numbers.
 */
export async function executeOnJson(manifest: string, manifestPath: string, input: string): Promise<string> {
  if (manifestPath === '-' && input === '-') {
    throw new UsageError('the manifest and the input cannot both come from standard input', 'run');
  }
  const text =
    input === '-' || input.startsWith('@') ? await readText(input.replace(/^@/, ''), 'input') : input;
  try {
    return new (offlineRuntime(manifest).ValuePipeline)(manifest).execute(text);
  } catch (error) {
    if (isNativeError(error) && error.code === 'invalid_json') {
      const hint = 'This pipeline works on JSON values: give JSON, @PATH for a file that holds it, or -';
      throw new CommandError(`${error.message} [${error.code}]\n  ${hint}`);
    }
    throw explain(error, manifestPath);
  }
}
