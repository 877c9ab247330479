/** The samples of docs/PIPELINES.md do what is said beside them. */
import { readFileSync } from 'node:fs';
import * as api from '@remotemedia/pipeline';
import { chooseRuntime, Pipeline } from '@remotemedia/pipeline';
import { expect, it } from 'vitest';
import { runSample, samplesOf } from './run-sample.js';

const text = readFileSync(new URL('../docs/PIPELINES.md', import.meta.url), 'utf8');
const samples = samplesOf(text, 'ts');

const run = (code: string, names: string[]) => runSample(code, names, { '@remotemedia/pipeline': api });

it('the calculator calculates', async () => {
  expect(await run(samples[0]!, ['value'])).toEqual({ value: [20, 24, 16] });
});

it('the session measures levels while it runs', async () => {
  const { levels, session } = await run(samples[1]!, ['levels', 'session']);
  expect(levels).toBeGreaterThan(0);
  expect((session as api.PipelineSession).getMetrics().node_metrics[0]).toMatchObject({
    execution_count: 300,
  });
});

it('the node in JavaScript makes the voice tremble, five times a second', async () => {
  const { audio } = await run(samples[2]!, ['audio']);
  const [plane] = (audio as api.AudioItem).planes;
  expect(plane).toHaveLength(48_000);
  expect(Math.max(...plane!)).toBeCloseTo(0.5, 3);
  expect(Math.min(...plane!)).toBeCloseTo(0.25, 3);
  expect(plane![2400]).toBeCloseTo(plane![2400 + 9600]!, 4);
});

it('the policy is one that manifests can have, and the file names a module', () => {
  const [, yaml] = /```yaml\n([\s\S]*?)```/.exec(text)!;
  const { ok, plan } = JSON.parse(chooseRuntime().offline.planPipeline(yaml!));
  expect(ok).toBe(true);
  expect(plan.parts[0].execution).toMatchObject({
    timeout_ms: 5000,
    on_error: 'bypass',
    retry: { max_attempts: 5 },
  });
  expect(() => Pipeline.fromYaml(yaml!)).toThrow(expect.objectContaining({ code: 'module_not_allowed' }));
});

it('the defaults of the policy are those of a manifest that says nothing', () => {
  const yaml = 'version: v1\nnodes: [{ id: n, node_type: MyNode, module: ./n.js }]';
  const { plan } = JSON.parse(chooseRuntime().offline.planPipeline(yaml));
  const section = text.split('What a manifest does not say:')[1]!.split('\n\nEvery attempt')[0]!;
  const rows = [...section.matchAll(/^\| `([\w.]+)` \| `?(\w+)`? \|/gm)];
  const documented = rows.slice(1).map(([, path, value]) => [path, value]);
  const flat = (object: object, prefix = ''): string[][] =>
    Object.entries(object).flatMap(([key, value]) =>
      typeof value === 'object' ? flat(value, `${prefix}${key}.`) : [[prefix + key, String(value)]],
    );
  expect(documented).toEqual(flat(plan.parts[0].execution));
});

it('all samples are run', () => {
  expect(samples).toHaveLength(3);
});
