// The digest of everything that the WebAssembly module is made from.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * SHA-256 over names and contents: the crate, every crate of ours that it depends on, the lock file and
 * the build itself. The weights are in it by their pinned digest, which the build checks.
 * @param {string} workspace folder of the Cargo workspace.
 */
export function digestOfSources(workspace) {
  const hash = createHash('sha256');
  for (const path of sources(workspace)) {
    const content = readFileSync(join(workspace, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function sources(workspace) {
  const found = ['Cargo.toml', 'Cargo.lock', 'scripts/wasm-toolchain.mjs', 'scripts/wasm-cargo.mjs'];
  for (const crate of crates(workspace, 'wasm')) {
    found.push(`${crate}/Cargo.toml`, ...below(workspace, `${crate}/src`));
    if (existsSync(join(workspace, crate, 'build.rs'))) found.push(`${crate}/build.rs`);
    if (existsSync(join(workspace, crate, 'models')))
      found.push(...below(workspace, `${crate}/models`).filter((path) => path.endsWith('.sha256')));
  }
  return found.sort();
}

function crates(workspace, first) {
  const found = new Set([first]);
  for (const crate of found) {
    const cargo = readFileSync(join(workspace, crate, 'Cargo.toml'), 'utf8');
    for (const [, name] of cargo.matchAll(/^remotemedia-\w+ *=.*path *= *"\.\.\/(\w+)"/gm)) found.add(name);
  }
  return found;
}

function below(workspace, folder) {
  return readdirSync(join(workspace, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? below(workspace, path) : [path];
  });
}
