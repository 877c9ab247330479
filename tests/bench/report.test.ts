/** The figures that are quoted are the figures that were measured. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('docs/BENCHMARKS.md and the figures of the README', () => {
  it('are what the raw results say', () => {
    execFileSync(process.execPath, ['tests/bench/report.mjs', '--check'], { cwd: ROOT });
  });

  it('leave no figure open', () => {
    expect(readFileSync(`${ROOT}docs/BENCHMARKS.md`, 'utf8')).not.toMatch(/undefined|NaN|\{\{/);
  });
});
