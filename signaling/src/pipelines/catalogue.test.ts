import type { PipelinePlan } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import type { Complaint } from '../protocol/index.js';
import { buildCatalogue, checkFile, isPipelineFile } from './catalogue.js';
import type { ManifestChecker } from './checker.js';

const complaint: Complaint = { path: 'nodes[0]', code: 'unknown_node', message: 'no such node', hint: '' };
const PLAN = {
  parts: [
    { id: 'a', node_type: 'PassThrough', part: 'audio', executor: null, is_source: true, is_output: false },
    { id: 'b', node_type: 'Writer', part: 'external', executor: 'python', is_source: false, is_output: true },
  ],
  connections: [{ from: 'a', to: 'b', carries: ['audio', 'event'] }],
};
const manifestOf = (text: string) => ({
  version: 'v1',
  metadata: { name: text, description: `About ${text}` },
  nodes: [
    { id: 'a', node_type: 'PassThrough' },
    { id: 'b', node_type: 'Writer', params: { language: 'en' } },
  ],
});
const checker: ManifestChecker = {
  check: async (text) =>
    text === 'bad'
      ? { ok: false, complaints: [complaint, complaint] }
      : {
          ok: true,
          kind: text === 'Sums' ? 'values' : 'audio',
          manifest: manifestOf(text),
          shown: manifestOf(text),
          compiled: { graph: { nodes: [{ id: 'a', latency_ms: 7.5 }] } },
          plan: PLAN as unknown as PipelinePlan,
          latencyMs: text === 'Sums' ? null : 12.5,
        },
};

const build = async (files: Record<string, string>, name = 'echo') => {
  const complaints: Complaint[] = [];
  const list = Object.entries(files).map(([file, text]) => ({ file, text }));
  return { catalogue: await buildCatalogue(list, name, checker, complaints), complaints };
};

describe('the pipelines of a folder', () => {
  it('are named by their files, in order, with what the page shows', async () => {
    const { catalogue, complaints } = await build({ 'meter.json': 'Meter', 'echo.yaml': 'Echo' });
    expect(complaints).toEqual([]);
    expect([...catalogue.manifests.keys()]).toEqual(['echo', 'meter']);
    expect(catalogue.views[0]).toEqual({
      name: 'echo',
      title: 'Echo',
      description: 'About Echo',
      is_default: true,
      kind: 'audio',
      nodes: [
        { ...PLAN.parts[0], params: {}, latency_ms: 7.5 },
        { ...PLAN.parts[1], params: { language: 'en' }, latency_ms: 0 },
      ],
      connections: [{ from: 'a', to: 'b', carries: ['audio', 'event'] }],
      latency_ms: 12.5,
      plan: { graph: { nodes: [{ id: 'a', latency_ms: 7.5 }] } },
    });
  });

  it('are refused with every complaint of every file, the file in front', async () => {
    const { complaints } = await build({
      'echo.yaml': 'Echo',
      'x.yaml': 'bad',
      'y.yml': 'bad',
      'Big Name.yaml': 'Z',
    });
    expect(complaints.map(({ path, code }) => `${path} ${code}`)).toEqual([
      'Big Name.yaml invalid_name',
      'x.yaml: nodes[0] unknown_node',
      'x.yaml: nodes[0] unknown_node',
      'y.yml: nodes[0] unknown_node',
      'y.yml: nodes[0] unknown_node',
    ]);
  });

  it('must not share a name, and must have the default one', async () => {
    expect((await build({ 'echo.yaml': 'A', 'echo.json': 'B' })).complaints[0]?.code).toBe('invalid_name');
    const { complaints } = await build({ 'echo.yaml': 'A' }, 'other');
    expect(complaints).toEqual([
      {
        path: 'pipelines.default',
        code: 'unknown_pipeline',
        message: 'no pipeline is named "other"',
        hint: 'There are echo',
      },
    ]);
  });

  it('may work on values, but not the default one', async () => {
    const { catalogue, complaints } = await build({ 'echo.yaml': 'Echo', 'sums.yaml': 'Sums' });
    expect(complaints).toEqual([]);
    expect(catalogue.views[1]).toMatchObject({ name: 'sums', kind: 'values', latency_ms: null });
    expect((await build({ 'sums.yaml': 'Sums' }, 'sums')).complaints).toMatchObject([
      { path: 'sums.yaml', code: 'not_on_audio' },
    ]);
  });

  it('are the files with the right ending, hidden ones not', () => {
    expect(['a.yaml', 'b.yml', 'c.json', '.d.yaml', 'e.txt', 'yaml'].filter(isPipelineFile)).toEqual([
      'a.yaml',
      'b.yml',
      'c.json',
    ]);
  });

  it('show of a plan in parts no more than of its nodes', async () => {
    const manifestWith = (key: string) => ({
      nodes: [{ id: 'a', node_type: 'Mine', params: { key }, module: './a.js' }],
    });
    const secretive: ManifestChecker = {
      check: async () => ({
        ok: true,
        kind: 'hybrid',
        manifest: manifestWith('sesame'),
        shown: manifestWith(`\${KEY}`),
        compiled: { parts: [{ id: 'a', params: { key: 'sesame' }, module: './a.js' }] },
        plan: { ...PLAN, parts: [] } as unknown as PipelinePlan,
        latencyMs: null,
      }),
    };
    const { pipeline } = await checkFile({ file: 'a.yaml', text: 'source' }, 'echo', secretive);
    expect(pipeline?.text).toBe('source');
    expect(JSON.stringify(pipeline?.manifest)).toContain('sesame');
    expect(JSON.stringify([pipeline?.shown, pipeline?.view])).not.toContain('sesame');
    expect(pipeline?.view.plan).toMatchObject({ parts: [{ params: { key: `\${KEY}` }, module: './a.js' }] });
  });
});
