import { chooseRuntime, hostOf, Pipeline } from '@remotemedia/pipeline';
import { expect, it } from 'vitest';
import { openForClient } from './modules.js';

const spec = { node_type: 'Writer', aliases: ['Scribe'], executor: 'python', summary: '' } as const;
const operators = [{ ...hostOf([]), specs: [spec] }];

it('a node of the operator’s in a client’s manifest is told as what it is, beside everything else that is wrong', () => {
  const nodes = ['Writer', 'Nowhere', 'Scribe'].map((node_type, n) => ({ id: `n${n}`, node_type }));
  const manifest = { version: 'v1', nodes };
  const { offline } = chooseRuntime();
  const open = () => Pipeline.fromManifest(manifest, { runtime: offline });
  expect(() => openForClient(manifest, operators, open)).toThrow(
    expect.objectContaining({
      code: 'invalid_manifest',
      message: expect.stringMatching(
        /Writer runs in an interpreter of its own.*no node type `Nowhere`.*Scribe runs/s,
      ),
      complaints: [
        expect.objectContaining({ path: 'nodes[0].node_type', code: 'node_not_allowed' }),
        expect.objectContaining({ path: 'nodes[1].node_type', code: 'unknown_node_type' }),
        expect.objectContaining({ path: 'nodes[2].node_type', code: 'node_not_allowed' }),
      ],
    }),
  );
});
