/**
 * Builds the demo page into dist/demo: one script, one worklet, one style sheet, the HTML. Nothing is inlined and nothing is fetched
 * from another origin, so that the page runs under `Content-Security-Policy: default-src 'self'`.
 */
import { cp, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const outdir = at('./dist/demo');

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

const options = {
  entryPoints: [at('./demo/main.ts'), at('./demo/tap-worklet.ts'), at('./demo/style.css')],
  bundle: true,
  format: 'esm',
  target: ['chrome110', 'firefox115', 'safari16.4'],
  minify: true,
  sourcemap: true,
  conditions: ['source'],
  logLevel: 'info',
  outdir,
};

const copyPages = async () => {
  await cp(at('./demo/index.html'), `${outdir}/index.html`);
  await cp(at('./demo/icon.svg'), `${outdir}/icon.svg`);
};

if (process.argv.includes('--watch')) {
  const context = await esbuild.context({
    ...options,
    plugins: [{ name: 'pages', setup: (build) => build.onEnd(copyPages) }],
  });
  await context.watch();
} else {
  await esbuild.build(options);
  await copyPages();
}
