/** `remotemedia plan`: how a manifest will run. */
import { parseArgs } from 'node:util';
import { EXIT_OK, UsageError } from '../exit.js';
import { withModules } from '../manifest.js';
import { planOf } from '../plan/plan.js';
import { describePlan } from '../plan/table.js';

export const USAGE = `remotemedia plan <manifest>

Prints the order in which the nodes run, what runs them, what is inserted between them, and the latency of every path and of the
whole; for audio of 48 kHz mono. The manifest is JSON or YAML; - for standard input.

      --json           print the plan as JSON`;

export async function plan(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('which manifest?', 'plan');
  const found = await withModules(path, planOf);
  console.log(values.json ? JSON.stringify(found, null, 2) : describePlan(found));
  return EXIT_OK;
}
