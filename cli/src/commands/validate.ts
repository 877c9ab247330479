/** `remotemedia validate`: everything that is wrong with a manifest. */
import { parseArgs } from 'node:util';
import type { Complaint, ManifestValidation } from '@remotemedia/native-dsp';
import { CommandError, describe, EXIT_FAILURE, EXIT_OK, UsageError } from '../exit.js';
import { withModules } from '../manifest.js';
import { notValid } from '../offline/explain.js';
import { isPackage } from '../package-file.js';
import { offlineRuntime } from '../runtime.js';

export const USAGE = `remotemedia validate <manifest>...

Checks manifests (JSON or YAML; - for standard input) and prints every complaint. Exit status 1 if any. The modules beside a
manifest that it names are imported; those in a package are not.

      --json           print the result as JSON: complaints, or the normalised manifest and its plan`;

export async function validate(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  if (positionals.length === 0) throw new UsageError('which manifest?', 'validate');
  let exitCode = EXIT_OK;
  for (const path of positionals) {
    const result = await check(path);
    if (!result.ok) exitCode = EXIT_FAILURE;
    if (values.json) console.log(JSON.stringify({ path, ...result }, null, 2));
    else if (result.ok) console.log(`${path}: ok`);
    else for (const complaint of result.complaints) console.error(describe(complaint, path));
  }
  return exitCode;
}

/** A file that cannot be read is one more that is wrong, and those after it are looked at. */
async function check(path: string): Promise<ManifestValidation> {
  try {
    return await withModules(path, ({ text, externals, complaints }) => {
      const answer = offlineRuntime().validateManifest(text, undefined, externals);
      const result = JSON.parse(answer) as ManifestValidation;
      const all = [...result.complaints, ...complaints];
      if (all.length > 0) throw notValid(path, all);
      return result;
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { complaints, message } = error;
    const code = isPackage(path) ? 'invalid_package' : 'unreadable';
    return refused(complaints.length > 0 ? [...complaints] : [{ path: '', code, message, hint: '' }]);
  }
}

const refused = (complaints: Complaint[]): ManifestValidation => ({
  ok: false,
  kind: null,
  complaints,
  manifest: null,
  plan: null,
});
