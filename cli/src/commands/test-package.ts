/** `remotemedia test-package`: everything that is wrong with packages, and what one gives. */
import { parseArgs } from 'node:util';
import type { JsonValue } from '@remotemedia/native-dsp';
import { PackageLoader } from '@remotemedia/pipeline/package';
import { CommandError, EXIT_FAILURE, EXIT_OK, report, UsageError } from '../exit.js';
import { openPackageParts } from '../offline/package.js';
import { explained } from '../offline/parts.js';
import { readPackage } from '../package-file.js';
import { readText } from '../text.js';

export const USAGE = `remotemedia test-package <package>...

Checks packages (.rmpkg): archive, sizes, checksums, manifest, modules. Exit status 1 if anything is wrong.

  -i, --input JSON     run each on it, too, and print what it gives; @PATH for a file that holds it
      --trust          its code may run with your rights: modules in JavaScript, and in Python outside Pyodide
  -q, --quiet          do not describe what is right`;

export async function testPackage(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      input: { type: 'string', short: 'i' },
      trust: { type: 'boolean', default: false },
      quiet: { type: 'boolean', short: 'q', default: false },
    },
  });
  if (positionals.length === 0) throw new UsageError('which package?', 'test-package');
  const input = values.input === undefined ? undefined : await readInput(values.input);
  let exitCode = EXIT_OK;
  for (const path of positionals) {
    try {
      const pkg = await readPackage(path);
      if (!values.quiet) console.log(`${path}: ok\n${indented(PackageLoader.getPackageInfo(pkg))}`);
      if (input === undefined) continue;
      const pipeline = await openPackageParts(pkg, path, values.trust);
      console.log(JSON.stringify(await explained(path, async () => (await pipeline.run(input)).value)));
    } catch (error) {
      // What else is asked for is looked at all the same.
      if (!(error instanceof CommandError)) throw error;
      console.error(report(error));
      exitCode = EXIT_FAILURE;
    }
  }
  return exitCode;
}

const indented = (text: string): string => text.replace(/^/gm, '  ');

async function readInput(input: string): Promise<JsonValue> {
  const text = input.startsWith('@') ? await readText(input.slice(1), 'input') : input;
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new CommandError(`the input is not JSON: ${(error as Error).message}`);
  }
}
