// Finds a compiler for wasm32-unknown-unknown: rustup's where the sources of its standard library are installed, Debian's
// otherwise. The library that rustup ships for this target aborts on a panic, and a node that panics must end alone: so it is
// built here, from the compiler's own sources, to unwind.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const TARGET = 'wasm32-unknown-unknown';

const OPTIONS = ['--target', TARGET, '-Zbuild-std=std,panic_unwind'];

const DEBIAN_PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld', 'binaryen'];

/**
 * @returns {{ name: string, compiler: string, cargo: string, options: string[], environment: object,
 *   standardLibrary: string } | undefined} undefined where there is none.
 */
export function findToolchain() {
  return rustup() ?? debian();
}

/** Installs Debian's where that is possible. @returns whether it was. */
export function installToolchain() {
  const isDebian = run('apt-get', ['--version']) !== undefined;
  if (!isDebian || process.getuid?.() !== 0) return false;
  console.log(`Installing ${DEBIAN_PACKAGES.join(', ')} ...`);
  const options = { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], options);
  const packages = ['install', '-y', '-qq', '--no-install-recommends', ...DEBIAN_PACKAGES];
  return spawnSync('apt-get', packages, options).status === 0;
}

function rustup() {
  const sysroot = run('rustc', ['--print', 'sysroot']);
  const standardLibrary = `${sysroot}/lib/rustlib/src/rust`;
  if (sysroot === undefined || !existsSync(`${standardLibrary}/library/Cargo.lock`)) return undefined;
  return {
    name: 'rustup',
    compiler: versions(['rustc', 'wasm-opt']),
    cargo: 'cargo',
    options: OPTIONS,
    environment: { RUSTC_BOOTSTRAP: '1' },
    standardLibrary,
  };
}

function debian() {
  const files = (name) => run('dpkg', ['-L', name])?.split('\n') ?? [];
  const rustc = files('rustc-web').find((path) => path.endsWith('/bin/rustc'));
  const cargo = files('cargo-web').find((path) => path.endsWith('/bin/cargo'));
  const library = files('rust-web-src').find((path) => path.endsWith('/library/Cargo.lock'));
  if (!rustc || !cargo || !library || ['wasm-ld', 'wasm-opt'].some(isMissing)) return undefined;
  return {
    name: 'debian',
    compiler: versions([rustc, 'wasm-ld', 'wasm-opt']),
    cargo,
    options: OPTIONS,
    environment: {
      RUSTC: rustc,
      RUSTC_BOOTSTRAP: '1',
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld',
    },
    standardLibrary: library.slice(0, -'/library/Cargo.lock'.length),
  };
}

/** Everything that has a say in the bytes. */
function versions(commands) {
  return commands.flatMap((command) => run(command, ['--version']) ?? []).join(', ');
}

function isMissing(command) {
  return run(command, ['--version']) === undefined;
}

function run(command, options) {
  // The sources of the standard library are a list of several megabytes.
  const { status, stdout } = spawnSync(command, options, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 0 ? stdout.trim() : undefined;
}
