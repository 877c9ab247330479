/** The micro-benchmarks of the Rust crates: criterion, in a short mode, and what it found. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { ROOT } from './harness.mjs';

const CRATES = ['core', 'session', 'plane'];
const OPTIONS = ['--warm-up-time', '0.3', '--measurement-time', '1', '--sample-size', '30'];

/** Nanoseconds of each kernel: median with its 95 % confidence interval, and the samples. */
export function measureKernels() {
  const folder = `${process.env.CARGO_TARGET_DIR ?? `${ROOT}native-dsp/target`}/criterion`;
  rmSync(folder, { recursive: true, force: true });
  for (const crate of CRATES) {
    // The profile of the addon: nothing is compiled twice.
    const args = ['bench', '--quiet', '--profile', 'addon', '-p', `remotemedia-${crate}`, '--', ...OPTIONS];
    const { status, stderr } = spawnSync('cargo', args, { cwd: `${ROOT}native-dsp`, encoding: 'utf8' });
    if (status !== 0) throw new Error(`cargo ${args.join(' ')} failed:\n${stderr}`);
  }
  return readdirSync(folder).flatMap((name) => {
    const read = (file) => JSON.parse(readFileSync(`${folder}/${name}/new/${file}.json`, 'utf8'));
    const { full_id } = read('benchmark');
    const { median } = read('estimates');
    const { iters, times } = read('sample');
    if (!full_id.includes(': ')) throw new Error(`${full_id}: its name does not say what one call covers`);
    const { lower_bound, upper_bound } = median.confidence_interval;
    return {
      name: full_id,
      medianNs: median.point_estimate,
      intervalNs: [lower_bound, upper_bound],
      samplesNs: times.map((nanoseconds, n) => Math.round((100 * nanoseconds) / iters[n]) / 100),
    };
  });
}
