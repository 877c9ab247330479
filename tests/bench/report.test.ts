/** The figures that are quoted are the figures that were measured, and those that were not are missed. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chooseRuntime } from '@remotemedia/pipeline';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

interface NodeRow {
  readonly name: string;
  readonly input: string;
  readonly native?: { medianUs: number };
  readonly wasm?: { medianUs: number };
}

describe('docs/BENCHMARKS.md and the figures of the README', () => {
  it('are what the raw results say', () => {
    execFileSync(process.execPath, ['tests/bench/report.mjs', '--check'], { cwd: ROOT });
  });

  it('leave no figure open', () => {
    expect(read('docs/BENCHMARKS.md')).not.toMatch(/undefined|NaN|\{\{/);
  });

  it('have every node of the catalogue, on both runtimes and on all that it works on', () => {
    const catalogue: { node_type: string; works_on: string[] }[] = JSON.parse(
      chooseRuntime().offline.nodeCatalogue(),
    );
    const wanted = catalogue.flatMap(({ node_type, works_on }) =>
      works_on.map((on) => `${node_type}, ${on}`),
    );
    const rows: NodeRow[] = JSON.parse(read('tests/bench/results-nodes.json')).nodes;
    const measured = rows.filter((row) => [row.native, row.wasm].every((side) => side && side.medianUs > 0));
    const hint = 'node tests/bench/bench.mjs nodes measures them; FaultNode exists to fail';
    expect(measured.map(({ name, input }) => `${name}, ${input}`).sort(), hint).toEqual(
      wanted.filter((row) => row !== 'FaultNode, audio').sort(),
    );
  });

  it('say of every kernel what one call covers', () => {
    const { kernels } = JSON.parse(read('tests/bench/results-kernels.json'));
    for (const { name } of kernels) expect(name).toMatch(/^[^:]+: .*(\d m?s\b|bytes)/);
  });
});

describe('what was not measured', () => {
  const load = (name: string) => import(new URL(`./${name}.mjs`, import.meta.url).href);
  const results = (name: string) => JSON.parse(read(`tests/bench/${name}.json`));

  it('is said in the cell where it would be', async () => {
    const { nodes, cold, sides } = await load('tables');
    const side = { medianUs: 1, meanUs: 2, p99Us: 3 };
    expect(nodes([{ name: 'GainNode', input: 'audio', given: 'mono', native: side }], 'audio')).toContain(
      '| GainNode | mono | 1.00 us | 2.00 us | 3.00 us | not measured | not measured | not measured |',
    );
    expect(cold({ native: { memory_mb: 4 } })).toContain(
      '| growth, MB | not measured | 4.00 | not measured |',
    );
    expect([cold(undefined), sides(undefined)]).toEqual(['not measured.', 'not measured.']);
  });

  it('reaches no bar', async () => {
    const { bars } = await load('bars');
    const python = { ...results('results-python'), cold: undefined };
    const rows: string[][] = bars(results('results'), python);
    const memory = rows.filter(([what]) => what?.startsWith('memory'));
    expect(memory.map((row) => row.slice(2))).toEqual([['not measured', '']]);
  });

  it('is an error, if it is a part that every run gives', async () => {
    const { complete } = await load('report');
    expect(() => complete('nodes', { skipped: [] })).toThrow(
      'tests/bench/results-nodes.json lacks nodes: node tests/bench/bench.mjs nodes',
    );
  });
});

it('what does not grow has no ratio', async () => {
  const { cold } = await import(new URL('./tables.mjs', import.meta.url).href);
  const grown = (mb: number) => ({ memory_mb: 200, second_memory_mb: mb });
  const text = cold({ librosa: grown(0), native: { memory_mb: 4, second_memory_mb: 0 } });
  expect(text).toContain('| growth, MB | 200.00 | 4.00 | 50.0 |');
  expect(text).toContain('| growth in the next five, MB | 0.00 | 0.00 | none: less than a page |');
});
