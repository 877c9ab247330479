// One run of cargo that gives the same bytes in whatever folder it happens.
import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';

const ARTEFACT = 'wasm32-unknown-unknown/wasm/remotemedia_wasm.wasm';

/** Of WebAssembly: what the compiler may have used. */
const FEATURES = [
  'simd',
  'exception-handling',
  'bulk-memory',
  'sign-ext',
  'mutable-globals',
  'nontrapping-float-to-int',
  'multivalue',
  'reference-types',
];

/**
 * @param {string} workspace folder of the Cargo workspace.
 * @param {ReturnType<import('./wasm-toolchain.mjs').findToolchain>} toolchain
 * @param {{ target?: string, original?: string }} copied folder of cargo's work, and where that work was begun: with both, a copy of a
 *   workspace builds on what its original has compiled.
 * @returns the path of the module, or undefined where the build failed; cargo has said why.
 */
export function buildModule(workspace, toolchain, { target, original = workspace } = {}) {
  const targetDirectory = target ?? join(workspace, 'target/wasm32');
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const flags = ['-C', 'panic=unwind', '-C', 'target-feature=+simd128,+exception-handling'];
  // The compiler's own threshold is 225. A frame takes as long with this one, and the module is a tenth smaller.
  flags.push('-C', 'llvm-args=-inline-threshold=40');
  // Panic messages name source files: without the folders of this machine.
  for (const [folder, name] of [
    [cargoHome, '/cargo'],
    [toolchain.standardLibrary, '/rust'],
    [original, '/remotemedia'],
  ])
    flags.push(`--remap-path-prefix=${folder.replace(/\/$/, '')}=${name}`);

  const options = ['build', '--profile', 'wasm', '--package', 'remotemedia-wasm', '--locked'];
  const cargo = spawnSync(
    toolchain.cargo,
    [...options, ...toolchain.options, '--target-dir', targetDirectory],
    {
      cwd: workspace,
      stdio: 'inherit',
      env: {
        ...process.env,
        ...toolchain.environment,
        RUSTFLAGS: '',
        CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'),
      },
    },
  );
  if (cargo.status !== 0) return undefined;
  const built = join(targetDirectory, ARTEFACT);
  return optimise(built, `${built}.optimised`);
}

/** A fifteenth less to download, and as fast. Without wasm-opt, which rustup does not bring, the module stays as it is. */
function optimise(module, optimised) {
  const options = ['-Os', ...FEATURES.map((feature) => `--enable-${feature}`), module, '-o', optimised];
  const { error, status } = spawnSync('wasm-opt', options, { stdio: 'inherit' });
  if (error?.code === 'ENOENT') return module;
  return status === 0 ? optimised : undefined;
}
