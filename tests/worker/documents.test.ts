/** docs/PIPELINES.md names every code with which a node in a thread fails, besides those that nodes without one have. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('the page names every code', () => {
  const page = read('docs/PIPELINES.md');
  const files = readdirSync(new URL('../../pipeline/src/worker/', import.meta.url));
  const codes = files.flatMap((name) =>
    [...read(`pipeline/src/worker/${name}`).matchAll(/NodeFailure\('\w+', '(\w+)'/g)].map(
      ([, code]) => code!,
    ),
  );
  // Who builds the gateway sees this one, and is told what to do.
  const told = codes.filter((code) => code !== 'worker_not_built');
  expect(told.length).toBeGreaterThan(4);
  for (const code of told) expect(page, code).toContain(`\`${code}\``);
});
