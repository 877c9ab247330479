// Builds wasm/remotemedia.wasm, and writes beside it what it was made from and by which compiler.
//
//   node build-wasm.mjs              builds where the module is not of these sources, if there is a compiler
//   node build-wasm.mjs --install    the same, but a compiler there must be: Debian's is installed
//   node build-wasm.mjs --check      fails where the module is not of these sources
//   node build-wasm.mjs --reproduce  builds it once more elsewhere, and fails where the bytes differ; where its compiler is
//                                    not there, it fails in continuous integration, and warns elsewhere
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildModule } from './wasm-cargo.mjs';
import { digestOfSources } from './wasm-sources.mjs';
import { findToolchain, installToolchain } from './wasm-toolchain.mjs';

const workspace = fileURLToPath(new URL('..', import.meta.url));
const artefact = `${workspace}wasm/remotemedia.wasm`;
const sidecar = `${artefact}.json`;

const sources = digestOfSources(workspace);
const recorded =
  existsSync(artefact) && existsSync(sidecar) ? JSON.parse(readFileSync(sidecar, 'utf8')) : null;
const wrong = complaint();
const task = process.argv[2];

if (task === '--check') {
  if (wrong) fail(`${wrong} Type "make wasm".`);
} else if (task === '--reproduce') {
  reproduce();
} else if (wrong) {
  const toolchain = wantedToolchain();
  if (toolchain) build(toolchain);
  else if (task === '--install' || !recorded) fail(`${wrong} ${remedy()}`);
  else console.warn(`build-wasm: ${wrong} It is used as it is. ${remedy()}`);
}

/** What there is; installed, where that was asked for or nobody is there to ask. */
function wantedToolchain() {
  const mayInstall = task === '--install' || process.env.CI !== undefined;
  return findToolchain() ?? (mayInstall && installToolchain() ? findToolchain() : undefined);
}

function complaint() {
  if (!recorded) return 'wasm/remotemedia.wasm is not there.';
  if (recorded.sources_sha256 !== sources)
    return 'wasm/remotemedia.wasm was made from other sources than these.';
  if (recorded.sha256 !== sha256(artefact)) return 'wasm/remotemedia.wasm is not what its sidecar says.';
  return undefined;
}

function build(toolchain) {
  const built = buildModule(workspace, toolchain);
  if (built === undefined) process.exit(1);
  copyFileSync(built, `${artefact}.new`);
  renameSync(`${artefact}.new`, artefact);
  const record = {
    bytes: readFileSync(artefact).length,
    sha256: sha256(artefact),
    sources_sha256: sources,
    toolchain: toolchain.name,
    compiler: toolchain.compiler,
  };
  writeFileSync(sidecar, `${JSON.stringify(record, null, 2)}\n`);
  console.log(`${artefact}: ${record.bytes} bytes, ${toolchain.compiler}`);
}

function reproduce() {
  if (wrong) fail(`${wrong} Type "make wasm".`);
  const toolchain = wantedToolchain();
  if (toolchain?.name !== recorded.toolchain || toolchain.compiler !== recorded.compiler) {
    const message = `not reproduced: ${recorded.compiler} (${recorded.toolchain}) is not here.`;
    // There, it would be a proof that nobody misses.
    if (process.env.CI !== undefined)
      fail(`${message} Install it, or remove ${sidecar} and type "make wasm": that builds by what is here.`);
    console.warn(`build-wasm: ${message}`);
    return;
  }
  const elsewhere = mkdtempSync(join(tmpdir(), 'remotemedia-'));
  try {
    const copy = join(elsewhere, 'copy');
    cpSync(workspace, copy, { recursive: true, filter: (path) => !/\/(target|dist)$/.test(path) });
    const built = buildModule(copy, toolchain);
    if (built === undefined) process.exit(1);
    if (sha256(built) !== recorded.sha256) fail('the same sources and compiler gave other bytes.');
    console.log(`${recorded.sha256}: reproduced in another folder`);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
}

function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function remedy() {
  return (
    'To build it: rustup component add rust-src, or on Debian ' +
    'apt-get install rustc-web cargo-web rust-web-src lld binaryen.'
  );
}

function fail(message) {
  console.error(`build-wasm: ${message}`);
  process.exit(1);
}
