/** `remotemedia import`: a manifest of the RemoteMedia SDK as manifest v1. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type ImportNote, importManifest } from '@remotemedia/pipeline/import';
import { PYTHON_NODE_SPECS } from '@remotemedia/pipeline/python';
import { stringify } from 'yaml';
import { CommandError, EXIT_OK, UsageError } from '../exit.js';
import { offlineRuntime } from '../runtime.js';
import { readText } from '../text.js';

export const USAGE = `remotemedia import <manifest>

Rewrites a manifest of the RemoteMedia SDK, in whichever of its dialects (JSON or YAML; - for standard
input), as manifest v1, and says on standard error what it changed. What cannot run here it refuses,
with the reason and exit status 1.

  -o, --output <file>  write it there instead of to standard output; as JSON if it ends with .json
  -q, --quiet          do not say what was changed`;

export async function importCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      quiet: { type: 'boolean', short: 'q', default: false },
    },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('which manifest?', 'import');
  const { output, quiet } = values;
  const source = await readText(path, 'manifest');
  const result = importManifest(source, { runtime: offlineRuntime(), externals: PYTHON_NODE_SPECS });
  if (!quiet) for (const note of result.notes) console.error(sentence(path, note));
  if (!result.ok) throw new CommandError(`${path} cannot be taken over`, result.complaints);
  const { input } = result;
  const manifest = literal(result.manifest);
  const text = output?.endsWith('.json') ? `${JSON.stringify(manifest, null, 2)}\n` : stringify(manifest);
  if (output === undefined) process.stdout.write(text);
  else await writeFile(output, text);
  if (input !== undefined && !quiet) {
    const command = `remotemedia run ${output ?? 'it'} --input ${shellQuoted(JSON.stringify(input))}`;
    console.error(`${path}: its input is not part of a manifest: ${command}`);
  }
  return EXIT_OK;
}

const sentence = (file: string, { path, message }: ImportNote): string => `${file}: ${path} ${message}`;

/** The SDK knew no variables where this gateway reads some: what looks like one stays what it is. */
function literal(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', '$$${');
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}

/** One word of a POSIX shell. */
const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
