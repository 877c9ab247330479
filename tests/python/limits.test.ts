/** What a node may not reach, may be given, and does not leave behind. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioItem } from '@remotemedia/pipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { closeNodes, inBothRuntimes, inCpython, nodeOf, PYTHON } from './runtimes.js';

afterEach(closeNodes);

describe('Pyodide', () => {
  it('has no files, processes, sockets or JavaScript of the machine', async () => {
    const { values } = nodeOf(
      'python',
      `class Curious(Node):
    def process(self, item):
        try:
            return repr(eval(item, {"load": __import__}))
        except BaseException as error:
            return "%s: %s" % (type(error).__name__, error)`,
    );
    const ask = async (code: string) => (await values(code))[0];
    expect(await ask('sorted(load("os").listdir("/"))')).toBe(
      "['dev', 'home', 'lib', 'packages', 'proc', 'remotemedia', 'tmp']",
    );
    expect(await ask(`open(${JSON.stringify(import.meta.filename)})`)).toMatch(/^FileNotFoundError/);
    expect(await ask('load("os").system("true")')).toBe('-1');
    expect(await ask('load("subprocess").run(["true"])')).toMatch(/does not support processes/);
    expect(await ask('load("socket").create_connection(("127.0.0.1", 22))')).toMatch(/Host is unreachable/);
    expect(await ask('load("urllib.request").request.urlopen("http://127.0.0.1/")')).toMatch(/^URLError/);
    expect(await ask('hasattr(load("js"), "process") or hasattr(load("js"), "fetch")')).toBe('False');
    expect(await ask('load("pyodide_js").mountNodeFS("/mnt", "/")')).toMatch(/only works in Node/);
    const maker = 'load("pyodide_js").constructor.constructor';
    expect(await ask(`${maker}("return 1")()`)).toMatch(/code is not made here/);
    expect(await ask('load("os").environ.get("PATH")')).toBe("'/'");
    expect(await ask('input()')).toMatch(/^(EOFError|OSError)/);
  });
});

inBothRuntimes('a node', (executor) => {
  it('leaves nothing behind after 10 000 items', async () => {
    const { items, values } = nodeOf(
      executor,
      `import gc, sys
class Through(Node):
    def process(self, item):
        if item == "report":
            gc.collect()
            return sys.getallocatedblocks()
        return self.both(item)
    def both(self, item):
        yield item
        yield {"samples": item.samples}`,
    );
    const audio: AudioItem = { kind: 'audio', planes: [new Float32Array(480)], sampleRate: 48_000 };
    const some = async (count: number) => {
      for (let at = 0; at < count; at++) await items(audio);
    };
    await some(100);
    const [before] = await values('report');
    await some(10_000);
    const [after] = await values('report');
    // A proxy, a frame or a header kept per item would be 10 000 blocks at least.
    expect((after as number) - (before as number)).toBeLessThan(500);
  });
});

inCpython('packages', () => {
  it('that the operator provides are there in both runtimes, with their versions', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'python-package-'));
    try {
      const wheel = join(folder, 'greeting-1.2.0-py3-none-any.whl');
      writeFileSync(join(folder, 'make.py'), MAKE_WHEEL);
      execFileSync(PYTHON, [join(folder, 'make.py'), wheel]);
      const text =
        'import greeting\nclass Greet(Node):\n    def process(self, item):\n        return greeting.greet(item)';
      for (const executor of ['python', 'cpython'] as const) {
        const given = { packages: [wheel], requires: ['greeting>=1.1,<2'] };
        expect(await nodeOf(executor, text, given).values('you')).toEqual(['Hello you']);
        const tooNew = nodeOf(executor, text, { packages: [wheel], requires: ['greeting>=2'] });
        const message = expect.stringMatching('installed as 1.2.0');
        await expect(tooNew.values('you')).rejects.toMatchObject({ code: 'package_missing', message });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("greeting.py", "def greet(whom): return 'Hello ' + whom")
    info = "greeting-1.2.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: greeting\\nVersion: 1.2.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;
