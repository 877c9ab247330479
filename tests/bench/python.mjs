/**
 * The Python side: an own virtual environment beside this file, of packages pinned by their digests, made when it is
 * first needed, and a worker process that takes its turns on request. Times are taken in the worker, around the call.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./python/', import.meta.url));
const VENV = `${FOLDER}.venv`;
const PYTHON = `${VENV}/bin/python`;
const LOCK = `${FOLDER}requirements.lock.txt`;
// Wheels only: nothing of a package runs while it is installed, and nothing is compiled.
const INSTALL = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];

/** The interpreter with all packages, or why there is none. */
export function pythonWithPackages() {
  const digest = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
  const stamp = `${VENV}/installed`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return { python: PYTHON };
  if (spawnSync('python3', ['--version']).error) return { reason: 'python3 is not installed' };
  console.log('\nInstalling the Python packages of the comparison …');
  const steps = [
    // What another list has left there goes.
    ['python3', ['-m', 'venv', '--clear', VENV]],
    [PYTHON, [...INSTALL, '--only-binary', ':all:', '-r', LOCK]],
  ];
  for (const [command, args] of steps) {
    const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) return { reason: `failed: ${command} ${args.slice(0, 3).join(' ')}` };
  }
  writeFileSync(stamp, digest);
  return { python: PYTHON };
}

/** The environment of every Python process: OpenBLAS chooses its kernels for this processor by itself. */
export function pythonEnvironment() {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...environment } = process.env;
  // Our side has one thread; so has theirs.
  return { ...environment, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
}

/** Runs a script of the folder in a fresh process; it prints one JSON object. */
export function runFresh(python, script, args = []) {
  const printed = execFileSync(python, [`${FOLDER}${script}`, ...args], {
    env: pythonEnvironment(),
    encoding: 'utf8',
  });
  return JSON.parse(printed.trim().split('\n').at(-1));
}

/** The ONNX model of the voice activity detector, as published. */
export function sileroModel() {
  const entry = createRequire(import.meta.url).resolve('@ricky0123/vad-web');
  return fileURLToPath(new URL('silero_vad_v6.onnx', `file://${entry}`));
}

/** Starts the worker, gives it its signals, and returns how to ask it. */
export async function startPython(python, signals) {
  const folder = mkdtempSync(join(tmpdir(), 'remotemedia-bench-'));
  const child = spawn(python, ['-u', `${FOLDER}worker.py`], {
    env: pythonEnvironment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (op, params = {}) => {
    child.stdin.write(`${JSON.stringify({ op, ...params })}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`the Python worker ended during ${op}`);
    const answer = JSON.parse(value);
    if (answer.error) throw new Error(`Python, ${op}: ${answer.error}`);
    return answer;
  };
  const hand = (name, samples) => {
    const path = join(folder, `${name}.f32`);
    writeFileSync(path, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    return path;
  };
  const files = Object.entries(signals).map(([name, samples]) => [name, hand(name, samples)]);
  const { versions, skipped } = await ask('setup', {
    files: Object.fromEntries(files),
    silero: sileroModel(),
  });
  return {
    versions,
    skipped,
    /** Nanoseconds of each call of a turn. */
    turn: async (name) => (await ask('turn', { name })).ns,
    /** One signal through one of its resamplers. */
    async resample(name, samples, fromHz, toHz) {
      const output = join(folder, 'output.f32');
      await ask('resample', { name, input: hand('input', samples), output, from_hz: fromHz, to_hz: toHz });
      return new Float32Array(new Uint8Array(readFileSync(output)).buffer);
    },
    stop() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}
