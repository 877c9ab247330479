/** A page's script as a browser gets it. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the sources behind it; fails where anything in them imports Node. */
export async function bundlePage(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    conditions: ['source'],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
