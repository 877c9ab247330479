/**
 * Bundles the page and serves it; for the second button, start examples/voice/service.js too.
 *
 *     node examples/browser/serve.js [port]
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WASM_PATH } from '@remotemedia/native-dsp';
import { build } from 'esbuild';

const [port = '8090'] = process.argv.slice(2);
const examples = fileURLToPath(new URL('..', import.meta.url));
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.wav': 'audio/wav',
};

// Modules of nodes stay files of their own, beside the manifests that name them; what they share with the page is shared.
const { outputFiles } = await build({
  entryPoints: {
    page: `${examples}browser/page.js`,
    'pipelines/robot-node': `${examples}voice/pipelines/robot-node.js`,
    'pipelines/ask-service-node': `${examples}voice/pipelines/ask-service-node.js`,
  },
  bundle: true,
  splitting: true,
  format: 'esm',
  outdir: '/',
  write: false,
});

const scripts = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
const files = new Map([
  ['/', `${examples}browser/index.html`],
  ['/pipelines/robot.yaml', `${examples}voice/pipelines/robot.yaml`],
  ['/pipelines/ask.yaml', `${examples}voice/pipelines/ask.yaml`],
  ['/remotemedia.wasm', WASM_PATH],
  ['/speech.wav', resolve(examples, '../tests/fixtures/speech.wav')],
]);

const server = createServer(async ({ url }, response) => {
  const file = files.get(url);
  const body = scripts.get(url) ?? (file && (await readFile(file)));
  if (!body) return response.writeHead(404).end();
  response.setHeader('content-type', TYPES[extname(file ?? url)] ?? 'text/plain').end(body);
});
server.listen(Number(port), 'localhost', () => console.log(`http://localhost:${server.address().port}/`));
