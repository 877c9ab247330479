/** The demo page at `/`: the built files, or a page that says how to build them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import serveFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>RemoteMedia Gateway</title>
<body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The gateway runs, its page is not built</h1>
<p>Type <code>make build</code> in the project's folder and start the gateway again.
<p>The interfaces work without it: <a href="/openapi.json">/openapi.json</a> describes them.
</html>
`;

export async function servePage(app: FastifyInstance, directory: string | undefined): Promise<void> {
  if (directory === undefined || !existsSync(join(directory, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply.code(503).type('text/html').send(NOT_BUILT),
    );
    return;
  }
  await app.register(serveFiles, {
    root: directory,
    // One route per file, so that any other path is a 404 in problem+json.
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Built assets carry a hash of their content in their name.
      const hashed = /[.-][A-Za-z0-9_-]{8,}\.(js|css|wasm|woff2)$/.test(path);
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
