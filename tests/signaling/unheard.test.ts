/** A gateway in a process of its own, whose modules throw where nobody can catch it. */
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayProcess, startGateway } from '../e2e/gateway-process.js';

const MODULE = `import { EventEmitter } from 'node:events';
import { connect } from 'node:net';

const faults = {
  timer: () => setTimeout(() => { throw new Error('in a timer'); }),
  listener() {
    const emitter = new EventEmitter().on('x', () => { throw new Error('in a listener'); });
    setImmediate(() => emitter.emit('x'));
  },
  // Deeper than stacks of Node are by themselves.
  events() {
    const emitter = new EventEmitter().on('x', (left) => {
      if (left === 0) throw new Error('in a listener of a listener');
      emitter.emit('x', left - 1);
    });
    setImmediate(() => emitter.emit('x', 10));
  },
  unheardEvent: () => setImmediate(() => new EventEmitter().emit('error', new Error('nobody listens'))),
  // Called below the gateway's own time limit; and never heard of again.
  abort: ({ signal }) => {
    signal.addEventListener('abort', () => { throw new Error('in a listener of the signal'); });
    return new Promise(() => {});
  },
  rejection: () => void Promise.reject(new Error('dropped')),
  // Its stack has no line of this file.
  socket: () => connect(1, '127.0.0.1'),
};

export default {
  spec: { node_type: 'Throwing', summary: 'Throws later.', executor: 'javascript', params: [] },
  create: () => ({
    process(item, context) {
      const waiting = faults[item.value]?.(context);
      return waiting instanceof Promise ? waiting : item;
    },
  }),
};
`;
const MANIFEST = {
  version: 'v1',
  nodes: [{ id: 'n', node_type: 'Throwing', module: './throwing.mjs' }],
  execution: { timeout_ms: 500, retry: { max_attempts: 1 } },
  connections: [],
};

let gateway: GatewayProcess;
const directory = mkdtempSync(join(tmpdir(), 'unheard-'));
beforeEach(async () => {
  writeFileSync(join(directory, 'throwing.mjs'), MODULE);
  writeFileSync(join(directory, 'throwing.json'), JSON.stringify(MANIFEST));
  copyFileSync(new URL('../../configs/pipelines/echo.yaml', import.meta.url), join(directory, 'echo.yaml'));
  gateway = await startGateway({
    REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
    REMOTEMEDIA_MEDIA_THREADS: '1',
    REMOTEMEDIA_PIPELINES_DIRECTORY: directory,
    REMOTEMEDIA_PIPELINES_DEFAULT: 'echo',
    REMOTEMEDIA_LOGGING_FORMAT: 'json',
  });
});
afterEach(async () => {
  if (gateway.process.exitCode === null) await gateway.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function execute(input: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ pipeline: 'throwing', input });
  const response = await fetch(new URL('/api/v1/execute', gateway.url), { method: 'POST', headers, body });
  return ((await response.json()) as { values: unknown }).values;
}

describe.skipIf(!isNativeRuntimeAvailable())('what a module throws where nobody can catch it', () => {
  it('is survived, logged and counted, and ends the process where it may have come from elsewhere', async () => {
    for (const fault of ['timer', 'listener', 'events', 'unheardEvent', 'rejection', 'none'])
      expect(await execute(fault)).toEqual([fault]);
    expect(await execute('abort')).toBeUndefined();
    expect(await execute('none')).toEqual(['none']);
    const metrics = await (await fetch(new URL('/metrics', gateway.url))).text();
    expect(metrics).toContain('remotemedia_unheard_failures_total{kind="exception"} 5');
    expect(metrics).toContain('remotemedia_unheard_failures_total{kind="rejection"} 1');
    expect(gateway.output()).toMatch(/in a timer.*a module threw where nobody could catch it/);
    const exited = once(gateway.process, 'exit');
    await execute('socket').catch(() => {});
    expect((await exited)[0]).toBe(1);
    expect(gateway.output()).toMatch(/ECONNREFUSED.*an exception that nobody caught/);
  }, 60_000);
});
