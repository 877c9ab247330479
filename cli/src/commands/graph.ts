/** `remotemedia graph`: a picture of a manifest. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { EXIT_OK, UsageError } from '../exit.js';
import { withModules } from '../manifest.js';
import { drawingOf } from '../plan/drawing.js';
import { mermaidOf } from '../plan/mermaid.js';
import { type FullPlan, planOf } from '../plan/plan.js';

export const USAGE = `remotemedia graph <manifest>

Draws a manifest (JSON or YAML; - for standard input) as a Mermaid flowchart, which GitHub, GitLab and many editors show, or as an
SVG file that stands alone, in light and dark.

  -f, --format <name>  mermaid or svg; default: svg for an output file that ends in .svg, else mermaid
  -o, --output <file>  write it there instead of to standard output`;

const FORMATS: Readonly<Record<string, (plan: FullPlan) => string>> = { mermaid: mermaidOf, svg: drawingOf };

export async function graph(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { format: { type: 'string', short: 'f' }, output: { type: 'string', short: 'o' } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('which manifest?', 'graph');
  const format = values.format ?? (/\.svg$/i.test(values.output ?? '') ? 'svg' : 'mermaid');
  if (!Object.hasOwn(FORMATS, format))
    throw new UsageError(`--format is mermaid or svg, not ${format}`, 'graph');
  const picture = FORMATS[format]!(await withModules(path, planOf));
  if (values.output === undefined) process.stdout.write(picture);
  else await writeFile(values.output, picture);
  return EXIT_OK;
}
