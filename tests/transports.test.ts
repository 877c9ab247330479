/** The samples of docs/TRANSPORTS.md do what it says. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import type { RunningServer } from '@remotemedia/signaling';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOnLoopback } from './support/server.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const text = readFileSync(join(ROOT, 'docs/TRANSPORTS.md'), 'utf8');
/** A block of commands, and what the text behind it says that it gives. */
const samples = [...text.matchAll(/```sh\n([\s\S]*?)```\s+gives `([^`]+)`/g)].map(([, commands, gives]) => ({
  commands: commands!,
  gives: gives!,
}));

let server: RunningServer;
let directory: string;
beforeAll(async () => {
  // What a sample writes lands here; what it reads is where the repository has it.
  directory = mkdtempSync(join(tmpdir(), 'transports-'));
  symlinkSync(join(ROOT, 'tests'), join(directory, 'tests'));
  server = await startOnLoopback();
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true });
});

describe.skipIf(!isNativeRuntimeAvailable())('docs/TRANSPORTS.md', () => {
  it('has samples, and every block of commands is one', () => {
    expect(samples.length).toBe(text.match(/```sh\n/g)!.length);
  });

  it.each(samples)('$gives is what its sample gives', async ({ commands, gives }) => {
    const script = commands.replaceAll('http://localhost:8080/', server.url);
    const { stdout } = await promisify(execFile)('bash', ['-euc', script], {
      cwd: directory,
      maxBuffer: 1 << 26,
    });
    expect(stdout).toContain(gives);
  });
});
