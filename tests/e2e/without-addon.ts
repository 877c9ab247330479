/**
 * The gateway as it is on a machine without Rust: a folder with everything but the addon, and an empty PATH. Made of links to
 * this checkout; the packages of the workspace are copied, so that Node looks for the addon there.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['native-dsp', 'pipeline', 'gateway', 'signaling', 'cli', 'web-client'];
/** Of a package: what runs. */
const PARTS = ['package.json', 'dist', 'bin', 'wasm/remotemedia.wasm'];

export interface Checkout {
  readonly root: string;
  readonly env: Record<string, string>;
  remove(): void;
}

export function checkoutWithoutAddon(): Checkout {
  const root = mkdtempSync(join(tmpdir(), 'remotemedia-'));
  symlinkSync(join(ROOT, 'configs'), join(root, 'configs'));
  for (const folder of PACKAGES) {
    for (const part of PARTS) copyIfThere(join(ROOT, folder, part), join(root, folder, part));
  }
  const modules = join(root, 'node_modules');
  mkdirSync(join(modules, '@remotemedia'), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== '@remotemedia') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  for (const folder of PACKAGES) symlinkSync(join(root, folder), join(modules, '@remotemedia', folder));
  return {
    root,
    env: { PATH: '' },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function copyIfThere(from: string, to: string): void {
  try {
    cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.node') });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
