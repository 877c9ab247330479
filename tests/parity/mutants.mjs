// Shows that the parity tests notice when a kernel changes by one constant: builds the WebAssembly module of a copy of the sources in
// which one constant is wrong, and runs the tests with it. First the copy as it is: it must give the very bytes of the module. Wants
// "make wasm" before, on whose work it builds. Each mutant takes minutes; those of some nodes, or of some names, alone:
//
//   node tests/parity/mutants.mjs GainNode "the ceiling of a mix"
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModule } from '../../native-dsp/scripts/wasm-cargo.mjs';
import { findToolchain } from '../../native-dsp/scripts/wasm-toolchain.mjs';
import { MUTANTS } from './mutant-list.mjs';

const SILERO = 'core/models/silero-v6.2.f32';
const PINS = 'core/models/silero-v6.2.sha256';

const root = fileURLToPath(new URL('../..', import.meta.url));
const workspace = join(root, 'native-dsp');
const work = join(tmpdir(), 'remotemedia-mutants');
const copy = join(work, 'native-dsp');

const toolchain = findToolchain();
if (toolchain === undefined)
  fail('there is no compiler for WebAssembly here; "make wasm" says what it takes');
rmSync(work, { recursive: true, force: true });
cpSync(workspace, copy, {
  recursive: true,
  filter: (path) => !/\/(target|dist|fuzz|node_modules)$/.test(path),
});

const target = join(work, 'target');
cpSync(join(workspace, 'target/wasm32'), target, { recursive: true, preserveTimestamps: true });

const module = join(work, 'mutant.wasm');
build();
if (sha256(module) !== sha256(join(workspace, 'wasm/remotemedia.wasm')))
  fail('the sources as they are give another module than wasm/remotemedia.wasm');
console.log('as it is: the same bytes');

const all = [
  ...MUTANTS.map(({ path, before, after, ...rest }) => ({ ...rest, apply: replace(path, before, after) })),
  { name: 'a weight of the speech detector', subject: 'SileroVADNode', apply: changeWeight(150_001, 1.01) },
];
const wanted = process.argv.slice(2);
const isWanted = ({ name, subject }) => wanted.includes(name) || wanted.includes(subject);
const mutants = wanted.length === 0 ? all : all.filter(isWanted);
if (mutants.length === 0) fail(`there are no mutants of ${wanted.join(', ')}`);

const survivors = mutants.filter(({ name, subject, apply }) => {
  const undo = apply();
  build();
  undo();
  const noticed = failedSubjects();
  console.log(`${name}: noticed in ${noticed.join(', ') || 'nothing'}`);
  return !noticed.includes(subject);
});
if (survivors.length > 0)
  fail(`not noticed where it must be: ${survivors.map(({ name }) => name).join(', ')}`);
console.log(`${mutants.length} of ${mutants.length} noticed`);

function build() {
  const built = buildModule(copy, toolchain, { target, original: workspace });
  if (built === undefined) fail('cargo failed');
  copyFileSync(built, module);
}

/** Nodes, pipelines and whatever else has a test that fails with the mutant. */
function failedSubjects() {
  const report = join(work, 'report.json');
  rmSync(report, { force: true });
  const options = ['vitest', 'run', 'tests/parity', '-t', 'gives the same on both runtimes|as before'];
  spawnSync('npx', [...options, '--reporter=json', `--outputFile=${report}`], {
    cwd: root,
    env: { ...process.env, PARITY_MODULE: module },
    stdio: 'ignore',
  });
  const { testResults, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
  const results = testResults.flatMap((file) => file.assertionResults);
  const failed = results.filter(({ status }) => status === 'failed');
  // All at once means that the module did not run at all.
  if (results.length === 0 || failed.length === numTotalTests) fail('the tests could not run');
  return failed.map(({ ancestorTitles }) => ancestorTitles.at(-1));
}

function replace(path, before, after) {
  return () => {
    const file = join(copy, path);
    const text = readFileSync(file, 'utf8');
    if (text.split(before).length !== 2) fail(`${path} has not "${before}" once`);
    writeFileSync(file, text.replace(before, after));
    return () => writeFileSync(file, text);
  };
}

/** The build refuses weights other than the pinned ones, so the pin changes with them. */
function changeWeight(index, factor) {
  return () => {
    const [weights, pins] = [SILERO, PINS].map((path) => readFileSync(join(copy, path)));
    const changed = Buffer.from(weights);
    changed.writeFloatLE(changed.readFloatLE(index * 4) * factor, index * 4);
    writeFileSync(join(copy, SILERO), changed);
    const pin = createHash('sha256').update(changed).digest('hex');
    writeFileSync(join(copy, PINS), pins.toString().replace(/^\S+(?= {2}silero-v6\.2\.f32)/m, pin));
    return () => {
      writeFileSync(join(copy, SILERO), weights);
      writeFileSync(join(copy, PINS), pins);
    };
  };
}

function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function fail(message) {
  console.error(`mutants: ${message}`);
  process.exit(1);
}
