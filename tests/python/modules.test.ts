/** Modules: what is in them, what they may import and need. This is the same Python code in both runtimes, so the quicker one will do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPythonNode, describePythonModule, pythonHost } from '@remotemedia/pipeline/python';
import { afterEach, expect, it } from 'vitest';
import { closeNodes, inCpython, nodeOf } from './runtimes.js';

afterEach(closeNodes);

/** Any module that comes up. */
const ECHO = 'class Echo(Node):\n    def process(self, item):\n        return item';

inCpython('a module', () => {
  const faults: [string, string, string, RegExp][] = [
    ['is no Python', 'import_failed', 'class Broken(Node:', /SyntaxError/],
    ['ends while it is imported', 'import_failed', 'import sys; sys.exit(1)', /SystemExit/],
    ['has no node', 'class_missing', 'x = 1', /it has: none/],
    ['has two nodes', 'class_ambiguous', 'class A(Node): pass\nclass B(Node): pass', /it has: A, B/],
  ];
  it.each(faults)('that %s is a permanent failure, %s', async (_, code, text, message) => {
    const { node, context } = nodeOf('cpython', text);
    const failure = { errorClass: 'permanent', code, message: expect.stringMatching(message) };
    await expect(node.initialize?.(context)).rejects.toMatchObject(failure);
  });

  it('that fails in initialize says what happened', async () => {
    const { node, context } = nodeOf(
      'cpython',
      'class Bad(Node):\n    def initialize(self):\n        return 1 / 0',
    );
    const message = expect.stringMatching(/ZeroDivisionError: .* \(test_node\.py, line 4\)/);
    await expect(node.initialize?.(context)).rejects.toMatchObject({
      errorClass: 'internal',
      code: 'node_threw',
      message,
    });
  });

  it('imports only what is allowed, and its dependencies what they like', async () => {
    const allowImports = ['json', 'os.path'];
    const allowed = nodeOf('cpython', `import json, os.path\n${ECHO}`, { allowImports });
    expect(await allowed.values(1)).toEqual([1]);
    const refused = nodeOf('cpython', `import subprocess\n${ECHO}`, { allowImports });
    const message = expect.stringMatching(/'subprocess' is not allowed here; allowed: .*json, os\.path/);
    await expect(refused.values(1)).rejects.toMatchObject({ code: 'import_failed', message });
    const later = nodeOf(
      'cpython',
      'class Late(Node):\n    def process(self, item):\n        import socket',
      { allowImports },
    );
    await expect(later.values(1)).rejects.toMatchObject({ message: expect.stringMatching('not allowed') });
  });

  it('needs packages that nobody has provided: refused, for nothing is downloaded', async () => {
    const needs = (requirement: string) => nodeOf('cpython', ECHO, { requires: [requirement] }).values(1);
    await expect(needs('no-such-package>=1.0')).rejects.toMatchObject({
      errorClass: 'permanent',
      code: 'package_missing',
    });
    await expect(needs('git+https://example.org/x')).rejects.toMatchObject({ code: 'invalid_requirement' });
  });

  it('says which classes it has, and what they say about themselves', async () => {
    const text = `
from remotemedia import Node
class Whisper(Node):
    """Turns speech into text.

    More."""
    params = [{"name": "language", "type": "string", "documentation": "Of the speech."}]
    takes = ("audio",)
    gives = ["value"]
    input = {"sample_rate": 16000, "channels": 1}
class Plain(Node):
    node_type = "PlainNode"
    summary = "Does nothing."
`;
    const params = [{ name: 'language', type: 'string', documentation: 'Of the speech.' }];
    const input = { sample_rate: 16_000, channels: 1 };
    const summary = 'Turns speech into text.';
    expect(await describePythonModule({ text }, { executor: 'cpython' })).toEqual([
      {
        className: 'Whisper',
        spec: {
          node_type: 'Whisper',
          summary,
          params,
          takes: ['audio'],
          gives: ['value'],
          input,
          executor: 'cpython',
        },
      },
      { className: 'Plain', spec: { node_type: 'PlainNode', summary: 'Does nothing.', executor: 'cpython' } },
    ]);
  });

  it('that describes itself wrongly is refused', async () => {
    const text = 'from remotemedia import Node\nclass Video(Node):\n    takes = ["video"]';
    await expect(describePythonModule({ text }, { executor: 'cpython' })).rejects.toMatchObject({
      code: 'invalid_module',
      message: "Video.takes may hold audio, value, event, binary, not 'video'",
    });
  });

  it('is read anew when its node is started anew, and missed where it is not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'python-module-'));
    try {
      const path = join(folder, 'versioned.py');
      const version = (number: number) =>
        `from remotemedia import Node\nclass V(Node):\n    def process(self, item):\n        return exit() if item == "die" else ${number}`;
      writeFileSync(path, version(1));
      const node = createPythonNode({ executor: 'cpython', source: { path } });
      const { context } = nodeOf('cpython', ECHO);
      const give = (value: string) => node.process({ kind: 'value', value }, context);
      expect(await give('')).toEqual({ kind: 'value', value: 1 });
      writeFileSync(path, version(2));
      await expect(give('die')).rejects.toMatchObject({ code: 'node_died' });
      expect(await give('')).toEqual({ kind: 'value', value: 2 });
      rmSync(path);
      await expect(give('die')).rejects.toMatchObject({ code: 'node_died' });
      await expect(give('')).rejects.toMatchObject({ errorClass: 'permanent', code: 'module_not_found' });
      await node.close?.();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('modules of a folder are described in one interpreter of Pyodide, which boots once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'python-modules-'));
  try {
    const counting =
      'import sys\nfrom remotemedia import Node\nsys.described = getattr(sys, "described", 0) + 1\n' +
      'class Counted(Node):\n    node_type = "Described%d" % sys.described';
    const modules = ['./one.py', './two.py', './three.py'];
    for (const module of modules) writeFileSync(join(folder, module), counting);
    const host = pythonHost({ base: pathToFileURL(`${folder}/`) });
    const { signal } = new AbortController();
    const place = { index: 0, id: 'n', node_type: 'Counted', line: null, column: null };
    const types: string[] = [];
    for (const module of modules) {
      const specs = await host.load!({ ...place, module, executor: 'python' }, signal);
      types.push(...specs!.map(({ node_type }) => node_type));
    }
    expect(types).toEqual(['Described1', 'Described2', 'Described3']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
