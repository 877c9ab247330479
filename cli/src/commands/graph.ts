/** `remotemedia graph`: a picture of a manifest. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { EXIT_OK, UsageError } from '../exit.js';
import { mermaidOf } from '../plan/mermaid.js';
import { planOf } from '../plan/plan.js';
import { readManifest } from '../text.js';

export const USAGE = `remotemedia graph <manifest>

Draws a manifest (JSON or YAML; - for standard input) as a Mermaid flowchart, which GitHub, GitLab and many editors show.

  -o, --output <file>  write it there instead of to standard output`;

export async function graph(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { output: { type: 'string', short: 'o' } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('which manifest?', 'graph');
  const picture = mermaidOf(planOf(await readManifest(path)));
  if (values.output === undefined) process.stdout.write(picture);
  else await writeFile(values.output, picture);
  return EXIT_OK;
}
