/** `remotemedia validate` on manifests as people write them: several lines, variables, several faults. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { remotemedia } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'remotemedia-validate-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('every complaint stands behind file, line and column, as compilers write it', async () => {
  const yaml = write(
    'faults.yaml',
    `version: v1
nodes:
  # comments and { braces } do not count
  - id: louder
    node_type: GainNode
    params: { gain_db: 900, loudness: 1 }
  - { id: louder, node_type: GianNode }
`,
  );
  const json = write('faults.json', '{\n\t"version": "v1",\n\t"nodes": [\n\t\t{"id": "a"}\n\t]\n}\n');
  const { exitCode, stderr } = await remotemedia(['validate', yaml, json]);
  expect(exitCode).toBe(1);
  const places = stderr.match(/^\S+?:\d+:\d+: \S+?:/gm)?.map((line) => line.slice(folder.length + 1));
  expect(places).toEqual([
    'faults.yaml:7:11: nodes[1].id:',
    'faults.yaml:6:24: nodes[0].params.gain_db:',
    'faults.yaml:6:29: nodes[0].params.loudness:',
    'faults.yaml:7:30: nodes[1].node_type:',
    'faults.json:4:3: nodes[0].node_type:',
  ]);
});

test('an executor that there is not is told alone, not that nothing runs its module', async () => {
  const module = 'node_type: Shout, module: ./shout.py';
  const path = write(
    'executor.yaml',
    `version: v1\nnodes:\n  - { id: a, ${module}, executor: cpyton }\n  - { id: b, node_type: B, module: ./none.js }\n`,
  );
  const { stderr } = await remotemedia(['validate', path]);
  expect(stderr.match(/\[\w+\]$/gm)).toEqual(['[unknown_choice]', '[module_not_loaded]']);
  expect(stderr).toContain('Did you mean `cpython`?');
});

test('what is no YAML is told with the place where reading ended', async () => {
  const path = write('torn.yaml', 'version: v1\nnodes: [\n  {id: a, node_type: Echo}\nconnections: []\n');
  const { stderr } = await remotemedia(['validate', path]);
  expect(stderr).toMatch(/torn\.yaml:4:\d+: This is not valid YAML: .* \[syntax_error\]/);
});

test('complaints of the compiler have their place too', async () => {
  const path = write(
    'late.yaml',
    'version: v1\nmetadata:\n  latency_budget_ms: 1\nnodes:\n  - { id: a, node_type: NoiseSuppressionNode }\n',
  );
  const { stderr } = await remotemedia(['validate', path]);
  expect(stderr).toMatch(/late\.yaml:3:22: metadata\.latency_budget_ms: .* \[latency_over_budget\]/);
});

const VARIABLES = `version: v1
metadata: { name: "\${ROOM:-nobody's} microphone" }
nodes:
  - { id: gain, node_type: GainNode, params: { gain_db: "\${GAIN_DB}" } }
`;

test('variables take their place with the type that they have there', async () => {
  const path = write('variables.yaml', VARIABLES);
  const { exitCode, stdout } = await remotemedia(['validate', '--json', path], '', { GAIN_DB: '-3.5' });
  expect(exitCode).toBe(0);
  const { manifest } = JSON.parse(stdout.toString());
  expect(manifest.metadata.name).toBe("nobody's microphone");
  expect(manifest.nodes[0].params.gain_db).toBe(-3.5);
});

test('a variable that is not set is complained of where it stands', async () => {
  const path = write('unset.yaml', VARIABLES);
  const validated = await remotemedia(['validate', path]);
  expect(validated.stderr).toMatch(
    /unset\.yaml:4:57: nodes\[0\]\.params\.gain_db: .*`\$\{GAIN_DB\}` is not set/,
  );
  const planned = await remotemedia(['plan', path]);
  expect(planned.exitCode).toBe(1);
  expect(planned.stderr).toContain('4:57: nodes[0].params.gain_db: ');
});

const HUSH = `export default {
  spec: { node_type: 'Hush', summary: '', executor: 'javascript', takes: ['audio'], gives: ['audio'], params: [] },
  create: () => ({ process: (item) => item }),
};
`;
const hushed = (node: string) => `version: v1
nodes:
  - { id: gain, node_type: GainNode }
  - { id: hush, ${node} }
connections:
  - { from: gain, to: hush }
`;

test('modules beside the manifest are imported: what they say counts, and what they lack is complained of', async () => {
  write('hush.mjs', HUSH);
  write('vain.mjs', HUSH.replace('params: []', 'parms: []'));
  write('thrown.mjs', "\nthrow new Error('not today');");
  write('torn.py', 'import remotemedia\nclass Torn(remotemedia.Node:\n');
  const sound = write('hushed.yaml', hushed('node_type: Hush, module: ./hush.mjs'));
  const faulty = [
    write('params.yaml', hushed('node_type: Hush, module: ./hush.mjs, params: { depth: 1 }')),
    write('type.yaml', hushed('node_type: Hussh, module: ./hush.mjs')),
    write('lost.yaml', hushed('node_type: Hush, module: ./lost.mjs')),
    write('vain.yaml', hushed('node_type: Hush, module: ./vain.mjs')),
    write('thrown.yaml', hushed('node_type: Hush, module: ./thrown.mjs')),
    write('torn.yaml', hushed('node_type: Torn, module: ./torn.py')),
    write('nowhere.yaml', hushed('node_type: Hush, executor: cpython, takes: [audio]')),
  ];
  expect(await remotemedia(['validate', sound])).toMatchObject({ exitCode: 0 });
  const plan = await remotemedia(['plan', '--json', sound]);
  expect(JSON.parse(String(plan.stdout)).plan.parts[1]).toMatchObject({ hears: true, speaks: true });
  const { exitCode, stderr } = await remotemedia(['validate', ...faulty]);
  expect(exitCode).toBe(1);
  const complaints = [...stderr.matchAll(/^\/\S+\/(\w+\.yaml:\d+:\d+): [\s\S]*?\[(\w+)\]$/gm)];
  expect(complaints.map(([, place, code]) => `${place} ${code}`)).toEqual([
    'params.yaml:4:64 unknown_parameter',
    'type.yaml:4:43 unknown_node_type',
    'lost.yaml:4:42 module_not_loaded',
    'vain.yaml:4:42 module_not_loaded',
    'thrown.yaml:4:42 module_not_loaded',
    'torn.yaml:4:42 module_not_loaded',
    'nowhere.yaml:4:28 module_missing',
  ]);
  expect(stderr).toContain('what it says of its node Hush is not sound: it has no field `parms`');
  expect(stderr).toContain('not today (thrown.mjs:2:7)');
  expect(stderr).toMatch(/torn\.py", line 2/);
  expect((await remotemedia(['plan', faulty[2]!])).stderr).toContain('lost.mjs');
});

test('a file that is not there is one that is wrong, and the others are looked at', async () => {
  const sound = write('echo.yaml', 'version: v1\nnodes: [{ id: a, node_type: Echo }]\n');
  const { exitCode, stdout, stderr } = await remotemedia(['validate', join(folder, 'none.yaml'), sound]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/none\.yaml: .*\[unreadable\]/);
  expect(String(stdout)).toBe(`${sound}: ok\n`);
});

test.each(['validate', 'plan', 'graph'])(
  '%s tells what a variable was written as, never what it holds',
  async (command) => {
    const path = write('leak.yaml', VARIABLES);
    const { exitCode, stderr } = await remotemedia([command, path], '', { GAIN_DB: 'sesame' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`found the text \`\${GAIN_DB}\``);
    expect(stderr).not.toContain('sesame');
  },
);

test('a file of one line has places, in whichever style it is', async () => {
  const path = write('line.yaml', '{version: v1, nodes: [{id: a, node_type: GianNode}]}\n');
  const { stderr } = await remotemedia(['validate', path]);
  expect(stderr).toMatch(/line\.yaml:1:42: nodes\[0\]\.node_type: /);
});

test('a reference without quotes in braces is told what it takes', async () => {
  const path = write(
    'bare.yaml',
    `version: v1\nnodes: [{ id: a, node_type: GainNode, params: { gain_db: \${X} } }]\n`,
  );
  const { stderr } = await remotemedia(['validate', path], '', { X: '1' });
  expect(stderr).toContain('a reference within `{ }` or `[ ]` takes quotes');
});
