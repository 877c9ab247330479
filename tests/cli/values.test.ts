import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remotemedia } from './command.js';

const CALCULATOR = 'configs/values/calculator.yaml';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'remotemedia-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('remotemedia run with a pipeline of values', () => {
  it('takes JSON from the command line, a file or standard input, and prints the result', async () => {
    const file = join(folder, 'input.json');
    writeFileSync(file, '[5, 7, 3]');
    const ways: [string, string][] = [
      ['[5,7,3]', ''],
      [`@${file}`, ''],
      ['-', '[5,7,3]\n'],
    ];
    for (const [input, stdin] of ways) {
      const { exitCode, stdout, stderr } = await remotemedia(['run', CALCULATOR, '--input', input], stdin);
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout.toString())).toMatchObject({
        status: 'success',
        outputs: [20, 24, 16],
        graph_info: { execution_order: ['multiply', 'add'] },
      });
    }
  });

  it('keeps whole numbers exact, and takes zero for a number', async () => {
    const { stdout } = await remotemedia(['run', CALCULATOR, '-i', '4000000000000000001']);
    expect(stdout.toString()).toContain('"outputs":8000000000000000012,');
    expect(JSON.parse((await remotemedia(['run', CALCULATOR, '-i', '0'])).stdout.toString()).outputs).toBe(
      10,
    );
  });

  it('exits with 1 and says what the node said, or that the input is no JSON', async () => {
    const refused = await remotemedia(['run', CALCULATOR, '-i', '[1, "two"]']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toHaveLength(0);
    expect(refused.stderr).toContain('node multiply, input 1: Expected a number');
    expect(refused.stderr).toContain('[invalid_input]');
    const wav = await remotemedia(['run', CALCULATOR, '-i', 'tests/fixtures/speech.wav']);
    expect(wav.exitCode).toBe(1);
    expect(wav.stderr).toContain('[invalid_json]');
    expect(wav.stderr).toContain('@PATH');
    const missing = await remotemedia(['run', CALCULATOR, '-i', '@nothing.json']);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain('cannot read the input nothing.json');
  });

  it('exits with 2 where options for audio are given', async () => {
    const { exitCode, stderr } = await remotemedia(['run', CALCULATOR, '-i', '1', '-O', 'out.wav']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--output is for audio');
  });
});

describe('remotemedia validate', () => {
  it('understands pipelines of values, and refuses to feed audio nodes with them', async () => {
    const good = await remotemedia(['validate', '--json', CALCULATOR]);
    expect(good.exitCode).toBe(0);
    expect(JSON.parse(good.stdout.toString())).toMatchObject({
      ok: true,
      kind: 'values',
      plan: { source_count: 1, output_nodes: ['add'] },
    });
    const mixed = join(folder, 'mixed.yaml');
    const nodes = 'nodes: [{id: a, node_type: AddNode}, {id: g, node_type: GainNode}]';
    writeFileSync(mixed, `version: v1\n${nodes}\nconnections: [{from: a, to: g}]\n`);
    const bad = await remotemedia(['validate', mixed]);
    expect(bad.exitCode).toBe(1);
    expect(bad.stderr).toContain('[mixed_pipeline]');
    expect(bad.stderr).toContain('there is nothing to carry');
  });
});
