/**
 * The seed's own method: the first five calls of a fresh process, their mean, memory as growth of the resident set.
 * It measures cold starts, which is what the seed's table showed; the warm comparison stands beside it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mean, median } from './harness.mjs';
import { runFresh } from './python.mjs';

const CHILD = fileURLToPath(new URL('./cold-native.mjs', import.meta.url));
/** Fresh processes of each side, taking turns. */
const PROCESSES = 3;

export function measureCold(music, python) {
  const folder = mkdtempSync(join(tmpdir(), 'remotemedia-cold-'));
  try {
    const file = join(folder, 'music.f32');
    writeFileSync(file, new Uint8Array(music.buffer));
    const [ours, theirs] = [[], []];
    for (let n = 0; n < PROCESSES; n++) {
      ours.push(JSON.parse(execFileSync(process.execPath, [CHILD, file], { encoding: 'utf8' })));
      if (python) theirs.push(runFresh(python, 'cold.py', [file]));
    }
    return { native: describe(ours), ...(python && { librosa: describe(theirs) }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of each figure the mean over the five calls, the median over processes; and all that was measured. */
function describe(processes) {
  const figure = (key) =>
    median(processes.map((one) => (Array.isArray(one[key]) ? mean(one[key]) : one[key])));
  const figures = Object.keys(processes[0]).map((key) => [key, figure(key)]);
  return { ...Object.fromEntries(figures), processes };
}
