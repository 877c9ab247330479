/** The JSON Schema of manifests, as an editor uses it: what comes along is sound, what is mistyped is found. */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const CONFIGS = new URL('../configs/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, CONFIGS), 'utf8');
const schema = JSON.parse(read('schemas/manifest.v1.gen.json'));
const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);

function errors(yaml: string): ErrorObject[] {
  validate(parse(yaml));
  return [...(validate.errors ?? [])];
}

const samples = ['pipelines', 'values'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, CONFIGS)).map((file) => `${folder}/${file}`),
);

describe('the JSON Schema of manifests', () => {
  it.each(samples)('finds %s sound, which names it for editors', (path) => {
    const text = read(path);
    expect(errors(text)).toEqual([]);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schemas\/manifest\.v1\.gen\.json$/m);
  });

  it('finds what is mistyped, where it stands', () => {
    const found = errors(`version: v1
nodes:
  - { id: gain, node_type: GainNode, params: { gain_db: loud, gian: 1 } }
  - { id: other, node_type: GianNode }
`);
    const places = new Set(found.map(({ instancePath }) => instancePath));
    expect([...places]).toEqual(
      expect.arrayContaining(['/nodes/0/params/gain_db', '/nodes/0/params', '/nodes/1']),
    );
  });

  it('lets a variable stand for a number or a word', () => {
    const text = `version: v1
metadata: { latency_budget_ms: "\${BUDGET_MS:-100}" }
nodes:
  - { id: gain, node_type: GainNode, params: { gain_db: "\${GAIN_DB}" }, execution: { on_error: "\${ON_ERROR:-bypass}" } }
`;
    expect(errors(text)).toEqual([]);
    expect(errors(text.replace(/\$\{GAIN_DB\}/, 'loud'))).not.toEqual([]);
  });
});
