/** What is said where no host of a pipeline runs a node outside. */
import type { PlannedPart } from '@remotemedia/native-dsp';
import { NodeFailure } from './external-node.js';

const PYTHON = '`hosts: [pythonHost()]` of `@remotemedia/pipeline/python`';

/** What would, by executor. */
const HINTS: Readonly<Record<string, string>> = {
  python: `Python needs ${PYTHON}`,
  cpython: `Python needs ${PYTHON}`,
  worker:
    'threads need Node and `workerHost` of `@remotemedia/pipeline/worker`; in a page, take `executor: javascript`',
};

/**
 * A hint as the end of a sentence; empty where there is none.
 * @param executor null where the name of the module says what it is in.
 */
export function hintFor(executor: string | null): string {
  const hint =
    executor === null
      ? `a module in Python (.py) needs ${PYTHON}, one in JavaScript ends in .js or .mjs`
      : HINTS[executor];
  return hint === undefined ? '' : `: ${hint}`;
}

export function nothingRuns({ node_type, executor }: PlannedPart): NodeFailure {
  const message = `nothing here runs ${node_type} (${executor})${hintFor(executor)}`;
  return new NodeFailure('permanent', 'unknown_node_type', message);
}
