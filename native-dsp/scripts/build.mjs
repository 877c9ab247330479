// Builds the addon and puts it where the loader looks. Options are handed to cargo.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const workspace = fileURLToPath(new URL('..', import.meta.url));
const library = {
  linux: 'libremotemedia_node.so',
  darwin: 'libremotemedia_node.dylib',
  win32: 'remotemedia_node.dll',
}[process.platform];
if (library === undefined) fail(`no native runtime for ${process.platform}`);

const arguments_ = ['build', '--profile', 'addon', '--package', 'remotemedia-node', ...process.argv.slice(2)];
const cargo = spawnSync('cargo', arguments_, { cwd: workspace, stdio: 'inherit' });
if (cargo.error?.code === 'ENOENT')
  fail('cargo is not installed: get Rust 1.91 or later from https://rustup.rs');
if (cargo.status !== 0) process.exit(cargo.status ?? 1);

const target = process.env.CARGO_TARGET_DIR ?? `${workspace}target`;
const addon = `${workspace}dist/remotemedia.${process.platform}-${process.arch}.node`;
mkdirSync(`${workspace}dist`, { recursive: true });
// A process may have the old addon mapped: replace the file, never write into it.
copyFileSync(`${target}/addon/${library}`, `${addon}.new`);
renameSync(`${addon}.new`, addon);

function fail(message) {
  console.error(`build:native: ${message}`);
  process.exit(1);
}
