import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { remotemedia } from './command.js';

const ENHANCE = 'configs/pipelines/voice-enhance.yaml';
const HYBRID = 'tests/hybrid/pipeline.yaml';

it('plan prints the order, what is inserted, and the latency of every path and of the whole', async () => {
  const { exitCode, stdout } = await remotemedia(['plan', ENHANCE]);
  const text = stdout.toString();
  expect(exitCode).toBe(0);
  expect(text).toMatch(/^1 +highpass +HighPassNode +graph +48 kHz +48 kHz +0\.00 ms +fail_session +input$/m);
  expect(text).toMatch(/converts 48 kHz to 16 kHz \(\d\.\d\d ms\) before vad/);
  expect(text).toMatch(/to the end of vad +\d\.\d\d ms/);
  expect(text).toMatch(/in all \(48 kHz in, 48 kHz out\) +\d+\.\d\d ms/);
  expect(text).toMatch(/^Buffers: \d/m);
});

it('plan says who runs the nodes of a pipeline in three languages, and gives it as JSON', async () => {
  const { stdout } = await remotemedia(['plan', HYBRID, '--json']);
  const { plan, graph } = JSON.parse(stdout.toString());
  expect(graph).toBeUndefined();
  expect(plan.parts.map((part: { id: string; executor: string }) => [part.id, part.executor])).toEqual([
    ['letters', 'python'],
    ['shout', 'javascript'],
    ['pass', null],
  ]);
});

it('graph draws what plan says, to a file where one is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'remotemedia-'));
  const file = join(folder, 'graph.mmd');
  try {
    const { exitCode } = await remotemedia(['graph', HYBRID, '-o', file]);
    expect(exitCode).toBe(0);
    const picture = readFileSync(file, 'utf8');
    expect(picture).toMatch(/^flowchart LR\n/);
    expect(picture).toContain('n_letters[["<b>letters</b><br/>Letters<br/>python"]]');
    expect(picture).toContain('n_shout -- "value" --> n_pass');
    expect(picture).toContain('n_pass --> output((out))');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('graph draws SVG where the file or the format says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'remotemedia-'));
  const file = join(folder, 'graph.svg');
  try {
    expect((await remotemedia(['graph', ENHANCE, '-o', file])).exitCode).toBe(0);
    const picture = readFileSync(file, 'utf8');
    expect(picture).toMatch(
      /^<svg [\s\S]*<title id="remotemedia-title">Pipeline Voice enhance<[\s\S]*<\/svg>\n$/,
    );
    expect(picture).toContain('>audio graph · 7.5 ms</text>');
    expect((await remotemedia(['graph', ENHANCE, '--format', 'svg'])).stdout.toString()).toBe(picture);
    expect((await remotemedia(['graph', ENHANCE])).stdout.toString()).toMatch(/^flowchart/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { exitCode, stderr } = await remotemedia(['graph', ENHANCE, '--format', 'png']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--format is mermaid or svg, not png')]);
});

it.each(['plan', 'graph'])('%s tells everything that is wrong with a manifest', async (verb) => {
  const manifest = 'version: v1\nnodes: [{ id: a, node_type: GianNode }, { id: a, node_type: GainNode }]';
  const { exitCode, stderr } = await remotemedia([verb, '-'], manifest);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Did you mean `GainNode`?');
  expect(stderr).toContain('duplicate_id');
});
