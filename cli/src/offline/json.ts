/** A pipeline of JSON values over the value that the command line gives. */
import { isNativeError, type ManifestKind, type ManifestValidation } from '@remotemedia/native-dsp';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { CommandError, UsageError } from '../exit.js';
import { offlineRuntime } from '../runtime.js';
import { readText } from '../text.js';
import { explain } from './explain.js';

/** What runs a manifest: one that could work on either runs on audio, one of several parts by whoever plans them. */
export function kindOf(manifest: string): ManifestKind | null {
  const answer = offlineRuntime().validateManifest(manifest, undefined, JSON.stringify(PYTHON_NODE_SPECS));
  return (JSON.parse(answer) as ManifestValidation).kind;
}

/**
 * Executes `manifest` on `input`: JSON, `@` and the path of a file that holds it, or `-` for standard input.
 * @returns the result as the runtime writes it: parsing it here would round long whole numbers.
 */
export async function executeOnJson(manifest: string, manifestPath: string, input: string): Promise<string> {
  const text = await readInput(manifestPath, input);
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

/** What the command line gives: the text itself, that of a file, or of standard input. */
export async function readInput(manifestPath: string, input: string): Promise<string> {
  if (manifestPath === '-' && input === '-') {
    throw new UsageError('the manifest and the input cannot both come from standard input', 'run');
  }
  return input === '-' || input.startsWith('@') ? readText(input.replace(/^@/, ''), 'input') : input;
}
