/** Both runtimes of Python nodes, and nodes made for a test. */
import { execFileSync } from 'node:child_process';
import type { ExternalNode, Item, JsonValue, NodeContext, NodeOutput } from '@remotemedia/pipeline';
import { createPythonNode, type PythonOptions } from '@remotemedia/pipeline/python';
import { describe, vi } from 'vitest';

export type Executor = 'python' | 'cpython';

export const PYTHON = process.env['REMOTEMEDIA_PYTHON'] ?? 'python3';
const HAS_PYTHON = runs(PYTHON, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']);
export const HAS_NUMPY = HAS_PYTHON && runs(PYTHON, ['-I', '-c', 'import numpy']);

// Pyodide takes seconds to start, and more beside other tests.
vi.setConfig({ testTimeout: 60_000 });

/** Runs the tests in Pyodide and in CPython. Where there is no CPython, it says so; in CI that is a failure. */
export function inBothRuntimes(name: string, tests: (executor: Executor) => void): void {
  describe(`${name} in Pyodide`, () => tests('python'));
  inCpython(name, () => tests('cpython'));
}

export function inCpython(name: string, tests: () => void): void {
  if (!HAS_PYTHON && process.env['CI'])
    throw new Error('There is no Python 3.9 or newer, and in CI it must be there.');
  if (!HAS_PYTHON)
    console.warn(
      `${name} in CPython: skipped. Install Python 3.9 or newer (Debian: apt-get install python3).`,
    );
  describe.skipIf(!HAS_PYTHON)(`${name} in CPython`, tests);
}

/** Longest call, a start on a busy machine included. */
const CALL_MS = 20_000;

export interface TestNode {
  /** What it gives for an item, streamed outputs collected. */
  items(item: Item): Promise<Item[]>;
  /** The same for plain values. */
  values(value: JsonValue): Promise<JsonValue[]>;
  readonly node: ExternalNode;
  /** Each time with a new signal, as the runner does. */
  readonly context: NodeContext;
  readonly printed: string[];
}

export const open: ExternalNode[] = [];

/** Closes what the tests have made. */
export async function closeNodes(): Promise<void> {
  await Promise.all(open.splice(0).map((node) => node.close?.()));
}

/** A node from the text of a module. */
export function nodeOf(
  executor: Executor,
  text: string,
  { params = {}, ...options }: PythonOptions & Partial<Pick<NodeContext, 'params'>> = {},
): TestNode {
  const printed: string[] = [];
  const source = { text: `from remotemedia import *\n${text}`, name: 'test_node.py' };
  const onLog = (line: string) => printed.push(line);
  const node = createPythonNode({ executor, source, options: { onLog, ...options } });
  open.push(node);
  const freshContext = (): NodeContext => ({ nodeId: 'n', params, signal: AbortSignal.timeout(CALL_MS) });
  const items = async (item: Item) => collect(await node.process(item, freshContext()));
  const values = async (value: JsonValue) => (await items({ kind: 'value', value })).map(plainValue);
  return {
    items,
    values,
    node,
    printed,
    get context() {
      return freshContext();
    },
  };
}

export async function collect(output: NodeOutput): Promise<Item[]> {
  if (output === undefined) return [];
  if ('kind' in output) return [output];
  const items: Item[] = [];
  for await (const item of output) items.push(item);
  return items;
}

export function plainValue(item: Item): JsonValue {
  if (item.kind !== 'value') throw new Error(`expected a value, not ${item.kind}`);
  return item.value;
}

function runs(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
