/** The same command on both runtimes. */
import { describe, expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';
import { remotemedia } from './command.js';

const speech = loadFixture('speech-noisy').path;
const RUN = ['run', 'configs/pipelines/transcribe-prep.yaml', '-i', speech, '--events', '-'];

describe('REMOTEMEDIA_RUNTIME', () => {
  it('chooses where a pipeline runs, and the events are at the same times', async () => {
    const [native, wasm] = await Promise.all(
      ['native', 'wasm'].map((name) => remotemedia(RUN, '', { REMOTEMEDIA_RUNTIME: name })),
    );
    expect([native!.exitCode, wasm!.exitCode]).toEqual([0, 0]);
    const times = (stdout: Buffer) =>
      stdout.toString().replaceAll(/"(probability|level_dbfs)":[^,}]+/g, '"$1":0');
    expect(times(wasm!.stdout)).toContain('"speech_started"');
    expect(times(wasm!.stdout)).toBe(times(native!.stdout));
    expect(wasm!.stderr).not.toContain('warning');
  });

  it('that is none of the three words is refused', async () => {
    const { exitCode, stderr } = await remotemedia(['nodes', 'list'], '', { REMOTEMEDIA_RUNTIME: 'cobol' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('it must be auto, native or wasm');
    expect(stderr).not.toContain('    at ');
  });
});

describe('runtime_hint', () => {
  const manifest = (hint: string) =>
    `version: v1\nruntime_hint: ${hint}\nnodes: [{id: a, node_type: AudioLevelNode}]\n`;

  it('of a manifest chooses too, unless the environment forbids it', async () => {
    const run = (hint: string, environment = {}) =>
      remotemedia(['run', '-', '-i', speech, '--events', '-'], manifest(hint), environment);
    expect((await run('wasm')).exitCode).toBe(0);
    const { exitCode, stderr } = await run('native', { REMOTEMEDIA_RUNTIME: 'wasm' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('REMOTEMEDIA_RUNTIME permits wasm only');
  });
});

describe('remotemedia doctor', () => {
  it('tells of every runtime, and which is used', async () => {
    const { exitCode, stdout } = await remotemedia(['doctor'], '', { REMOTEMEDIA_RUNTIME: 'wasm' });
    expect(exitCode).toBe(0);
    expect(stdout.toString()).toMatch(/^native {2}\d.*\nwasm {4}\d.*\nused {4}wasm: It was asked for\.$/m);
  });
});
