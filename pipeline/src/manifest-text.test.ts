/** What clients and logs are shown of manifests whose author names variables of the environment. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interpolation, ManifestValidation } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import { asWritten, complaintsAsWritten, interpolation } from './manifest-text.js';
import { Pipeline } from './pipeline.js';
import { chooseRuntime } from './runtime/runtime.js';

const { offline } = chooseRuntime();
const X = `\${X}`;
const EXTERNALS = JSON.stringify([
  {
    node_type: 'Mine',
    executor: 'javascript',
    takes: ['audio'],
    gives: [],
    params: [{ name: 'word_count', type: 'integer', aliases: ['count'] }],
  },
]);

const validated = (text: string) =>
  JSON.parse(offline.validateManifest(text, undefined, EXTERNALS)) as ManifestValidation;

type Params = { readonly gain_db?: unknown; readonly word_count?: unknown; readonly id?: unknown };

function shown(source: string, value: string) {
  const answer = interpolation(source, { X: value }, offline);
  if (!answer.ok) throw new Error('unsound');
  const { manifest, complaints } = validated(answer.text);
  expect(complaints).toEqual([]);
  return asWritten(manifest, answer.replaced) as {
    metadata: Record<string, unknown>;
    nodes: { id: string; params: Params }[];
  };
}

describe('what is shown of a manifest', () => {
  it('is a number as it was written, and an equal one beside it as it is', () => {
    const { nodes, metadata } = shown(
      `version: v1
metadata: { pin: "${X}", year: 6 }
nodes:
  - { id: a, node_type: GainNode, params: { gain_db: "${X}" } }
  - { id: b, node_type: GainNode, params: { gain_db: 6 } }
connections: [{ from: a, to: b }]
`,
      '6',
    );
    expect(metadata).toEqual({ pin: X, year: 6 });
    expect(nodes.map(({ params }) => params.gain_db)).toEqual([X, 6]);
  });

  it('hides what an alias took elsewhere, and what a parameter has under another name', () => {
    const { nodes } = shown(
      `version: v1
nodes:
  - { id: a, node_type: GainNode, params: &both { gainDb: "${X}" } }
  - { id: b, node_type: GainNode, params: *both }
  - { id: c, node_type: Mine, params: { count: "${X}" } }
connections: [{ from: a, to: b }, { from: b, to: c }]
`,
      '6',
    );
    expect(nodes[0]!.params.gain_db).toBe(X);
    expect(nodes[1]!.params.gain_db).toBe(X);
    expect(nodes[2]!.params.word_count).toBe(X);
  });

  it('tells by which names nodes go, and hides parameters of the same names', () => {
    const { nodes } = shown(
      `version: v1
nodes: [{ id: "${X}", node_type: Other, executor: javascript, takes: [audio], gives: [], params: { id: "${X}" } }]
`,
      'secret',
    );
    expect(nodes[0]!.id).toBe('secret');
    expect(nodes[0]!.params.id).toBe(X);
  });
});

describe('complaints', () => {
  const SOURCE = `version: v1\nnodes: [{ id: a, node_type: GainNode, params: { gain_db: "${X}" } }]\n`;

  it('quote what came out of a variable as it was written', () => {
    const check = (value: string) => {
      const { text, replaced } = interpolation(SOURCE, { X: value }, offline) as Interpolation & { ok: true };
      const told = complaintsAsWritten(validated(text).complaints, replaced, offline);
      return told.map(({ message }) => message);
    };
    expect(check('sesame')).toEqual([`Expected a number, found the text \`${X}\`.`]);
    expect(check('4711')).toEqual([`${X} dB is out of range.`]);
  });

  it('do so where a pipeline is made of a file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'manifest-'));
    const file = join(directory, 'secret.yaml');
    writeFileSync(file, SOURCE);
    const error = await Pipeline.fromFile(file, { environment: { X: 'sesame' } }).catch((it) => it);
    expect(error.code).toBe('invalid_manifest');
    expect(`${error.message} ${JSON.stringify(error.complaints)}`).not.toContain('sesame');
    expect(error.message).toContain(X);
    rmSync(directory, { recursive: true });
  });
});
