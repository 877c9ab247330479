/** The JSON Schema of manifests, for editors and for who writes manifests by program. The file is generated from the catalogue of nodes. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';

/** From `src/` and `dist/` alike. */
const MANIFEST_SCHEMA = new URL('../../../configs/schemas/manifest.v1.gen.json', import.meta.url);

export async function schemaRoutes(app: FastifyInstance): Promise<void> {
  const text = readFileSync(MANIFEST_SCHEMA, 'utf8');
  const schema = { summary: 'JSON Schema of manifest v1, for editors' };
  app.get('/schemas/manifest.v1.json', { schema }, (_request, reply) =>
    reply.type('application/schema+json').header('cache-control', 'no-cache').send(text),
  );
}
