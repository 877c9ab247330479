/** What becomes of nodes that are broken, hang, die, leak, flood or talk nonsense. */
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { closeNodes, inBothRuntimes, inCpython, nodeOf } from './runtimes.js';

afterEach(closeNodes);

/** Any module that comes up. */
const ECHO = 'class Echo(Node):\n    def process(self, item):\n        return item';

inBothRuntimes('a faulty node', (executor) => {
  it('will not import: it says so with the end of the traceback', async () => {
    const { node, context } = nodeOf(executor, 'import no_such_module');
    await expect(node.initialize?.(context)).rejects.toMatchObject({
      name: 'NodeFailure',
      errorClass: 'permanent',
      code: 'import_failed',
      message: expect.stringMatching(/test_node\.py", line 2[\s\S]*No module named 'no_such_module'/),
    });
  });

  it('throws: it says what and where, its log has the traceback, and the node goes on', async () => {
    const { values, printed } = nodeOf(
      executor,
      `class Strict(Node):
    def process(self, item):
        if item == "no":
            raise ValueError("not this")
        if item == "busy":
            raise NodeError("later", "transient", "model_busy")
        return item`,
    );
    const message = 'ValueError: not this (test_node.py, line 5)';
    await expect(values('no')).rejects.toMatchObject({ errorClass: 'internal', code: 'node_threw', message });
    expect(printed.join('\n')).toMatch(/raise ValueError\("not this"\)/);
    expect(printed.join('\n')).not.toMatch(/host\.py/);
    await expect(values('busy')).rejects.toMatchObject({ errorClass: 'transient', code: 'model_busy' });
    expect(await values('yes')).toEqual(['yes']);
  });

  it('throws in the middle of a stream: what came before has been given', async () => {
    const { values, items } = nodeOf(
      executor,
      'class Half(Node):\n    def process(self, item):\n        yield 1\n        if item:\n            raise ValueError("half way")',
    );
    await expect(items({ kind: 'value', value: true })).rejects.toThrow('half way');
    expect(await values(false)).toEqual([1]);
  });

  it('hangs: it is killed when its time is over, and the next call starts it anew', async () => {
    const { values, node, context } = nodeOf(
      executor,
      `class Hanging(Node):
    def initialize(self):
        self.calls = 0
    def process(self, item):
        while item == "hang":
            pass
        self.calls += 1
        return self.calls`,
    );
    expect([...(await values(1)), ...(await values(2))]).toEqual([1, 2]);
    const call = node.process(
      { kind: 'value', value: 'hang' },
      { ...context, signal: AbortSignal.timeout(300) },
    );
    await expect(call).rejects.toMatchObject({ errorClass: 'timeout', code: 'node_timeout' });
    expect(await values(1)).toEqual([1]);
  });

  it('dies while it waits for something: the same', async () => {
    const { values } = nodeOf(
      executor,
      `import asyncio, os
class Mortal(Node):
    async def process(self, item):
        await asyncio.sleep(0)
        os._exit(3)`,
    );
    await expect(values(1)).rejects.toMatchObject({ errorClass: 'transient', code: 'node_died' });
  });

  it('dies: transient, and the next call starts it anew', async () => {
    const deaths = ['import os; os._exit(3)', 'import sys; sys.exit(3)', 'import os; os.abort()'];
    const { values } = nodeOf(
      executor,
      `class Mortal(Node):
    def process(self, item):
        exec(item)
        return "alive"`,
    );
    expect(await values('')).toEqual(['alive']);
    for (const death of deaths) {
      await expect(values(death), death).rejects.toMatchObject({
        errorClass: 'transient',
        code: 'node_died',
      });
      expect(await values('')).toEqual(['alive']);
    }
  });

  it('wants too much memory: a failure of resources, and the next call has all of it again', async () => {
    const { values } = nodeOf(
      executor,
      `class Hungry(Node):
    kept = []
    def process(self, item):
        while item == "all":
            self.kept.append(bytearray(1 << 20))
        return len(self.kept)`,
      { memoryMb: 200 },
    );
    expect(await values('none')).toEqual([0]);
    await expect(values('all')).rejects.toMatchObject({ errorClass: 'resource', code: 'out_of_memory' });
    expect(await values('none')).toEqual([0]);
  });

  it('prints without end: the log is bounded, and nothing of it gets among the results', async () => {
    const { values, printed } = nodeOf(
      executor,
      `import sys
class Loud(Node):
    def process(self, item):
        sys.stdout.write("x" * 100_000 + "\\n")
        for i in range(5000):
            print("line", i)
        print("to stderr", file=sys.stderr)
        return "quiet"`,
    );
    expect(await values(1)).toEqual(['quiet']);
    await expect.poll(() => printed.length).toBeGreaterThanOrEqual(200);
    expect(printed.length).toBeLessThan(450);
    expect(Math.max(...printed.map((line) => line.length))).toBe(2000);
  });

  describe('that gives nonsense', () => {
    const nonsense: [string, string, string][] = [
      ['an object', 'return object()', 'invalid_output'],
      ['a number that JSON does not know', 'return float("nan")', 'invalid_output'],
      ['a list with itself in it', 'l = []; l.append(l); return l', 'invalid_output'],
      ['audio without channels', 'return Audio([], 16000)', 'invalid_output'],
      ['audio of unequal channels', 'return Audio([[1.0], [1.0, 2.0]], 16000)', 'invalid_output'],
      ['audio of words', 'return Audio(["abc"], 16000)', 'invalid_output'],
      ['an event without a type', 'return Event(kind=1)', 'invalid_output'],
      ['a list with audio in it', 'return [Audio([[1.0]], 16000)]', 'invalid_output'],
      ['more than a message holds', 'return bytes(70 << 20)', 'output_too_large'],
    ];
    it('says so, each time, and goes on', async () => {
      const branches = nonsense.map(([name, code]) => `        if item == ${JSON.stringify(name)}: ${code}`);
      const { values } = nodeOf(
        executor,
        `class Odd(Node):\n    def process(self, item):\n${branches.join('\n')}\n        return "fine"`,
      );
      for (const [name, , code] of nonsense) {
        await expect(values(name), name).rejects.toMatchObject({ errorClass: 'permanent', code });
        expect(await values('something else')).toEqual(['fine']);
      }
    });
  });

  it('cannot be given more than a message holds', async () => {
    const { items, values } = nodeOf(executor, ECHO);
    const item = { kind: 'binary', data: new Uint8Array(65 << 20) } as const;
    await expect(items(item)).rejects.toMatchObject({ errorClass: 'invalid_input', code: 'input_too_large' });
    expect(await values(1)).toEqual([1]);
  });

  it('frees what it holds when it is closed, and a hanging cleanup keeps nobody', async () => {
    const { values, node, printed } = nodeOf(
      executor,
      `${ECHO}\n    def cleanup(self):\n        print("cleaned up", flush=True)\n        while True: pass`,
    );
    await values(1);
    await node.close?.();
    expect(printed).toContain('cleaned up');
  });
});

inCpython('a process', () => {
  it('that dies between two calls is missed by the next one, with its last words, and started by the one after', async () => {
    const { values } = nodeOf(
      'cpython',
      `import os, signal
class Mortal(Node):
    def process(self, item):
        print("pid", os.getpid(), flush=True)
        return os.getpid()`,
    );
    const [pid] = await values(1);
    process.kill(pid as number, 'SIGKILL');
    await expect.poll(() => isAlive(pid as number)).toBe(false);
    const message = expect.stringMatching(/SIGKILL; it printed last:\npid \d+/);
    await expect(values(1)).rejects.toMatchObject({ code: 'node_died', message });
    expect(await values(1)).not.toEqual([pid]);
  });

  it('takes what it has started along', async () => {
    const { values, node } = nodeOf(
      'cpython',
      `import subprocess
class Parent(Node):
    def process(self, item):
        return subprocess.Popen(["sleep", "60"]).pid`,
    );
    const [pid] = await values(1);
    await node.close?.();
    await expect.poll(() => isAlive(pid as number)).toBe(false);
  });

  it('keeps what C code writes to standard output away from the messages, and the environment of the gateway to itself', async () => {
    process.env['GATEWAY_SECRET'] = 'secret';
    const { values, printed } = nodeOf(
      'cpython',
      `import os
class Low(Node):
    def process(self, item):
        os.write(1, b"from below\\n")
        os.system("echo from a child")
        return [os.environ.get("GATEWAY_SECRET"), os.environ.get("MODEL"), os.read(0, 10).decode()]`,
      { environment: { MODEL: 'small' } },
    );
    expect(await values(1)).toEqual([[null, 'small', '']]);
    await expect.poll(() => printed).toEqual(['from below', 'from a child']);
    delete process.env['GATEWAY_SECRET'];
  });

  it('that cannot be found is a permanent failure that says what to do', async () => {
    const { values } = nodeOf('cpython', ECHO, { interpreter: '/no/such/python' });
    const message = expect.stringMatching(
      /install Python 3\.9 or newer, .*`interpreter` or the variable REMOTEMEDIA_PYTHON/,
    );
    await expect(values(1)).rejects.toMatchObject({
      errorClass: 'permanent',
      code: 'python_not_found',
      message,
    });
  });

  it('lets what the node does in the background go on between calls', async () => {
    const { values } = nodeOf(
      'cpython',
      `import asyncio
class Clock(Node):
    ticks = 0
    async def initialize(self):
        self.task = asyncio.ensure_future(self.tick())
    async def tick(self):
        while True:
            await asyncio.sleep(0.001)
            self.ticks += 1
    def process(self, item):
        return self.ticks`,
    );
    await expect.poll(async () => (await values(1))[0]).toBeGreaterThan(3);
  });
});

function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody has waited for is dead enough.
    return !/^[ZX]/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    return false;
  }
}
