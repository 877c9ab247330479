/** `remotemedia validate`: everything that is wrong with a manifest. */
import { parseArgs } from 'node:util';
import type { ManifestValidation } from '@remotemedia/native-dsp';
import { validateInterpolated } from '@remotemedia/pipeline';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { CommandError, describe, EXIT_FAILURE, EXIT_OK, UsageError } from '../exit.js';
import { isPackage } from '../package-file.js';
import { offlineRuntime } from '../runtime.js';
import { readText, withManifest } from '../text.js';

/** Node types in Python that come along. */
const EXTERNALS = JSON.stringify(PYTHON_NODE_SPECS);

export const USAGE = `remotemedia validate <manifest>...

Checks manifests (JSON or YAML; - for standard input) and prints every complaint. Exit status 1 if any.

      --json           print the result as JSON: complaints, or the normalised manifest and its plan`;

export async function validate(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  if (positionals.length === 0) throw new UsageError('which manifest?', 'validate');
  const runtime = offlineRuntime();
  let exitCode = EXIT_OK;
  for (const path of positionals) {
    const check = (text: string) =>
      JSON.parse(runtime.validateManifest(text, undefined, EXTERNALS)) as ManifestValidation;
    const result = isPackage(path)
      ? await validatePackage(path, check)
      : validateInterpolated(await readText(path, 'manifest'), process.env, runtime, check);
    if (!result.ok) exitCode = EXIT_FAILURE;
    if (values.json) console.log(JSON.stringify({ path, ...result }, null, 2));
    else if (result.ok) console.log(`${path}: ok`);
    else for (const complaint of result.complaints) console.error(describe(complaint, path));
  }
  return exitCode;
}

/** A package that cannot be read is one more that is wrong, and those after it are looked at. */
async function validatePackage(
  path: string,
  check: (text: string) => ManifestValidation,
): Promise<ManifestValidation> {
  try {
    return await withManifest(path, check);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { message } = error;
    const told = [...error.complaints];
    const complaints = told.length > 0 ? told : [{ path: '', code: 'invalid_package', message, hint: '' }];
    return { ok: false, kind: null, complaints, manifest: null, plan: null };
  }
}
