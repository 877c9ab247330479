/** docs/PYTHON.md tells the truth: its node runs, and its table of failures names the codes that there are. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pipeline from '@remotemedia/pipeline';
import * as python from '@remotemedia/pipeline/python';
import { createPythonNode, describePythonModule } from '@remotemedia/pipeline/python';
import { afterEach, expect, it } from 'vitest';
import { runSample, samplesOf } from '../run-sample.js';
import { closeNodes, inBothRuntimes, open } from './runtimes.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/PYTHON.md'), 'utf8');

afterEach(closeNodes);

inBothRuntimes('the node of the page', (executor) => {
  it('shouts, and describes itself', async () => {
    const [, text = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
    const node = createPythonNode({ executor, source: { text } });
    open.push(node);
    const context = { nodeId: 'n', params: { marks: 2 }, signal: AbortSignal.timeout(20_000) };
    const output = await node.process({ kind: 'value', value: 'hello' }, context);
    expect(output).toEqual({ kind: 'value', value: 'HELLO!!' });
    const [{ className, spec } = {}] = await describePythonModule({ text }, { executor });
    expect({ className, summary: spec?.summary }).toEqual({ className: 'Shout', summary: 'Says it louder.' });
  });
});

it('its samples run the node, in a pipeline and alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shout-'));
  try {
    writeFileSync(join(folder, 'shout.py'), samplesOf(page, 'python')[0]!);
    const samples = samplesOf(page, 'ts');
    expect(samples).toHaveLength(2);
    const run = (code: string, names: string[]) =>
      runSample(code.replaceAll('/srv/nodes', folder), names, {
        '@remotemedia/pipeline': pipeline,
        '@remotemedia/pipeline/python': python,
      });
    expect(await run(samples[0]!, ['value'])).toEqual({ value: 'HELLO!' });
    expect(await run(samples[1]!, ['output', 'described'])).toMatchObject({
      output: { kind: 'value', value: 'HELLO!!' },
      described: { className: 'Shout', spec: {} },
    });
  } finally {
    python.warmPyodide(0);
    rmSync(folder, { recursive: true });
  }
}, 60_000);

it('the page names every code with which a node in Python fails', () => {
  const codes = new Set<string>();
  for (const folder of ['pipeline/src/guest', 'pipeline/src/python', 'pipeline/python/remotemedia'])
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|py)$/.test(name) || name.endsWith('.test.ts')) continue;
      const text = readFileSync(join(ROOT, folder, name), 'utf8');
      const classes =
        /(?:'|")(?:transient|permanent|invalid_input|resource|timeout|internal)(?:'|"),\s*(?:'|")(\w+)(?:'|")/g;
      for (const [, code] of text.matchAll(classes)) codes.add(code!);
    }
  // Of the list of classes itself, and of what has no node behind it.
  const others = [
    'permanent',
    'invalid_input',
    'resource',
    'timeout',
    'internal',
    'node_closed',
    'executor_unavailable',
  ];
  for (const code of others) codes.delete(code);
  expect(codes.size).toBeGreaterThan(15);
  for (const code of codes) expect(page, code).toContain(`\`${code}\``);
});
