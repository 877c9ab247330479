/** `remotemedia package`: a manifest and its modules as one file. */
import { readFileSync, realpathSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { WASM_PATH } from '@remotemedia/native-dsp';
import { buildPackage, type GivenMetadata } from '@remotemedia/pipeline/package';
import { CommandError, EXIT_OK, UsageError } from '../exit.js';
import { refusing } from '../package-file.js';
import { offlineRuntime } from '../runtime.js';
import { readText } from '../text.js';

export const USAGE = `remotemedia package <manifest> -o <out.rmpkg>

Checks a manifest (JSON or YAML, also of the RemoteMedia SDK) and puts it into one file with the modules in
JavaScript and Python that its nodes name. The same input makes the same bytes.

  -m, --manifest <file>  the manifest, for those who are used to it
  -o, --output <file>    the package to write
  -w, --wasm             put the WebAssembly runtime (3 MB) in, for pages that have none
      --metadata <file>  JSON: package_name, package_version, author, license, repository, tags, created_at,
                         performance_hints; default: what the manifest says`;

export async function packageCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      manifest: { type: 'string', short: 'm' },
      output: { type: 'string', short: 'o' },
      wasm: { type: 'boolean', short: 'w', default: false },
      metadata: { type: 'string' },
    },
  });
  const [path, ...more] = [...(values.manifest === undefined ? [] : [values.manifest]), ...positionals];
  if (path === undefined || path === '-' || more.length > 0)
    throw new UsageError('which manifest? Give one file', 'package');
  const { output } = values;
  if (output === undefined) throw new UsageError('which package? Give -o out.rmpkg', 'package');
  if (!output.endsWith('.rmpkg')) throw new UsageError('packages end in .rmpkg', 'package');
  const source = await readText(path, 'manifest');
  const options = {
    readModule: moduleReader(dirname(path)),
    runtime: offlineRuntime(),
    ...(values.wasm && { wasm: await readFile(WASM_PATH) }),
    ...(values.metadata !== undefined && { metadata: await readMetadata(values.metadata) }),
  };
  const { bytes, notes } = await refusing(path, async () => buildPackage(source, options));
  for (const note of notes) console.error(`${path}: ${note.path} ${note.message}`);
  await writeFile(output, bytes);
  console.log(`${output}: ${bytes.length} bytes`);
  return EXIT_OK;
}

/** Modules lie below the folder of the manifest, links followed. */
function moduleReader(directory: string): (module: string) => string {
  const folder = realpathSync(directory);
  return (module) => {
    const file = realpathSync(resolve(folder, module));
    const inside = relative(folder, file);
    // `..data` is a name like others, and that of the folder behind each file of a ConfigMap.
    if (inside.split(sep)[0] === '..' || isAbsolute(inside))
      throw new Error('it is a link to outside the folder of the manifest');
    return readFileSync(file, 'utf8');
  };
}

async function readMetadata(path: string): Promise<GivenMetadata> {
  const text = await readText(path, 'metadata');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}`);
  }
  throw new CommandError(`${path} is no JSON object`);
}
