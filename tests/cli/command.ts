/** The command as a shell runs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Outcome {
  exitCode: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs `remotemedia` of the checkout at `root` with `args`, gives it `input`, and waits for its end. `environment` comes on top of this process's. */
export async function remotemedia(
  args: string[],
  input: Buffer | string = '',
  environment: Record<string, string> = {},
  root = ROOT,
): Promise<Outcome> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, ['cli/bin/remotemedia.js', ...args], { cwd: root, env });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // A command that refuses its arguments ends before it has read anything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout: Buffer.concat(stdout), stderr };
}

/** Runs `remotemedia` and stops listening to it after its first bytes, as `head` does. */
export async function remotemediaUntilFirstBytes(args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, ['cli/bin/remotemedia.js', ...args], { cwd: ROOT });
  child.stdout.once('data', () => child.stdout.destroy());
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode;
}
