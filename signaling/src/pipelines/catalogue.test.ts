import type { ManifestValidation, PipelinePlan } from '@remotemedia/native-dsp';
import { describe, expect, it } from 'vitest';
import type { Complaint } from '../protocol/index.js';
import { buildCatalogue, checkFile, isPipelineFile, type ManifestChecker } from './catalogue.js';

const complaint: Complaint = { path: 'nodes[0]', code: 'unknown_node', message: 'no such node', hint: '' };
const PLAN = {
  parts: [
    { id: 'a', node_type: 'PassThrough', part: 'audio', executor: null, is_source: true, is_output: false },
    { id: 'b', node_type: 'Writer', part: 'external', executor: 'python', is_source: false, is_output: true },
  ],
  connections: [{ from: 'a', to: 'b', carries: ['audio', 'event'] }],
};
const checker: ManifestChecker = {
  validate: (text): ManifestValidation =>
    text === 'bad'
      ? { ok: false, kind: null, complaints: [complaint, complaint], manifest: null, plan: null }
      : {
          ok: true,
          kind: text === 'Sums' ? 'values' : 'audio',
          complaints: [],
          manifest: {
            version: 'v1',
            metadata: { name: text, description: `About ${text}` },
            nodes: [
              { id: 'a', node_type: 'PassThrough' },
              { id: 'b', node_type: 'Writer', params: { language: 'en' } },
            ],
          },
          plan: { graph: { nodes: [{ id: 'a', latency_ms: 7.5 }] } },
        },
  latencyMs: () => 12.5,
  interpolate: (text) => ({ ok: true, text, replaced: [], complaints: [] }),
  asWritten: (complaints) => complaints,
  plan: () => PLAN as unknown as PipelinePlan,
};

const build = (files: Record<string, string>, name = 'echo') => {
  const complaints: Complaint[] = [];
  const list = Object.entries(files).map(([file, text]) => ({ file, text }));
  return { catalogue: buildCatalogue(list, name, checker, complaints), complaints };
};

describe('the pipelines of a folder', () => {
  it('are named by their files, in order, with what the page shows', () => {
    const { catalogue, complaints } = build({ 'meter.json': 'Meter', 'echo.yaml': 'Echo' });
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

  it('are refused with every complaint of every file, the file in front', () => {
    const { complaints } = build({
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

  it('must not share a name, and must have the default one', () => {
    expect(build({ 'echo.yaml': 'A', 'echo.json': 'B' }).complaints[0]?.code).toBe('invalid_name');
    const { complaints } = build({ 'echo.yaml': 'A' }, 'other');
    expect(complaints).toEqual([
      {
        path: 'pipelines.default',
        code: 'unknown_pipeline',
        message: 'no pipeline is named "other"',
        hint: 'There are echo',
      },
    ]);
  });

  it('may work on values, but not the default one', () => {
    const { catalogue, complaints } = build({ 'echo.yaml': 'Echo', 'sums.yaml': 'Sums' });
    expect(complaints).toEqual([]);
    expect(catalogue.views[1]).toMatchObject({ name: 'sums', kind: 'values', latency_ms: null });
    expect(build({ 'sums.yaml': 'Sums' }, 'sums').complaints).toMatchObject([
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

  it('replaces the variables of a text once, and shows of a plan in parts no more than of its nodes', () => {
    const secret = { path: 'nodes[0].params.key', written: `\${KEY}`, value: 'sesame' };
    let times = 0;
    const manifest = { nodes: [{ id: 'a', node_type: 'Mine', params: { key: 'sesame' }, module: './a.js' }] };
    const parts = [{ id: 'a', params: { key: 'sesame' }, module: './a.js' }];
    const once: ManifestChecker = {
      ...checker,
      interpolate: () => {
        times++;
        return { ok: true, text: 'put in', replaced: [secret], complaints: [] };
      },
      validate: (text) =>
        text === 'put in'
          ? { ok: true, kind: 'hybrid', complaints: [], manifest, plan: { parts } }
          : { ok: false, kind: null, complaints: [complaint], manifest: null, plan: null },
    };
    const { pipeline } = checkFile({ file: 'a.yaml', text: 'source' }, 'echo', once);
    expect(times).toBe(1);
    expect(pipeline?.text).toBe('source');
    expect(JSON.stringify(pipeline?.manifest)).toContain('sesame');
    expect(JSON.stringify([pipeline?.shown, pipeline?.view])).not.toContain('sesame');
    expect(pipeline?.view.plan).toMatchObject({ parts: [{ params: { key: `\${KEY}` }, module: './a.js' }] });
  });
});
