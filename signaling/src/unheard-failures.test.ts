import { describe, expect, it } from 'vitest';
import { isOfModules, UnheardFailures } from './unheard-failures.js';

const FOLDER = '/etc/pipelines/';
const error = (...places: string[]) => {
  const thrown = new Error('not this');
  thrown.stack = `Error: not this\n${places.map((place) => `    at ${place}`).join('\n')}`;
  return thrown;
};
const isOurs = (...places: string[]) => isOfModules(error(...places), FOLDER, `file://${FOLDER}`);
const TIMERS = [
  'listOnTimeout (node:internal/timers:581:17)',
  'process.processTimers (node:internal/timers:519:7)',
];

describe('an exception is of the modules of the operator', () => {
  it('where all that it went through is theirs and Node’s', () => {
    expect(isOurs('Timeout._onTimeout (file:///etc/pipelines/a.mjs:3:9)', ...TIMERS)).toBe(true);
    expect(isOurs('file:///etc/pipelines/deep/node_modules/x/index.js:3:9', ...TIMERS)).toBe(true);
    expect(isOurs('f (/etc/pipelines/a.cjs:1:1)', 'Array.map (<anonymous>)', ...TIMERS)).toBe(true);
    expect(isOurs('Timeout.x [as _onTimeout] (data:text/javascript;base64,YQ==:1:1)', ...TIMERS)).toBe(true);
  });

  it('and not where a line is of the gateway or of one of its libraries, above or below', () => {
    const module = 'f (file:///etc/pipelines/a.mjs:3:9)';
    for (const other of [
      'g (file:///srv/gateway/dist/app.js:1:1)',
      '/srv/node_modules/ws/lib/receiver.js:9:1',
    ]) {
      expect(isOurs(module, other, ...TIMERS)).toBe(false);
      expect(isOurs(other, module, ...TIMERS)).toBe(false);
    }
    expect(isOurs('f (file:///etc/pipelines-of-others/a.mjs:1:1)', ...TIMERS)).toBe(false);
  });

  const DISPATCH = '[nodejs.internal.kHybridDispatch] (node:internal/event_target:831:20)';
  const ABORT = [
    'AbortController.abort (node:internal/abort_controller:392:5)',
    'Attempt.end (file:///srv/gateway/dist/attempt.js:1:1)',
  ];

  it('and whoever dispatched the event that its listener heard: to that, Node throws nothing', () => {
    const listener = 'AbortSignal.<anonymous> (file:///etc/pipelines/a.mjs:3:9)';
    expect(isOurs(listener, DISPATCH, ...ABORT)).toBe(true);
    expect(
      isOurs(listener, 'Listener.callback (node:internal/event_target:492:17)', DISPATCH, ...ABORT),
    ).toBe(true);
    // However deep the gateway was.
    expect(isOurs(listener, DISPATCH, ...Array.from({ length: 10 }, () => ABORT[1]!))).toBe(true);
  });

  it('and not where a listener of the gateway threw, or what a module was called by threw to it', () => {
    const module = 'f (file:///etc/pipelines/a.mjs:3:9)';
    const gateway = 'g (file:///srv/gateway/dist/app.js:1:1)';
    expect(isOurs(gateway, DISPATCH, module, ...TIMERS)).toBe(false);
    expect(isOurs(module, gateway, DISPATCH, ...TIMERS)).toBe(false);
    const getter = 'get once (file:///etc/pipelines/a.mjs:3:9)';
    expect(
      isOurs(getter, 'AbortSignal.addEventListener (node:internal/event_target:612:15)', module, gateway),
    ).toBe(false);
  });

  it('and not where the stack may go on below, which is as long as stacks are', () => {
    const emits = Array.from({ length: Error.stackTraceLimit / 2 }, () => [
      'EventEmitter.f (file:///etc/pipelines/a.mjs:3:9)',
      'EventEmitter.emit (node:events:524:28)',
    ]).flat();
    expect(isOurs(...emits)).toBe(false);
    expect(isOurs(...emits.slice(2))).toBe(true);
  });

  it('and not where nobody can tell', () => {
    expect(isOurs('TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)')).toBe(false);
    expect(isOurs(...Array.from({ length: 10 }, () => 'f (file:///etc/pipelines/a.mjs:3:9)'))).toBe(false);
    for (const thrown of [null, 'text', { stack: 7 }, error()])
      expect(isOfModules(thrown, FOLDER, `file://${FOLDER}`)).toBe(false);
  });
});

it('failures that nobody hears are counted, and told once a second with how many there were', () => {
  let now = 0;
  const told: unknown[] = [];
  const failures = new UnheardFailures(
    (...what) => told.push(what),
    () => now,
  );
  for (; now < 1001; now += 100) failures.record('exception', now);
  failures.record('rejection', 'last');
  expect(told).toEqual([
    ['exception', 0, 1],
    ['exception', 1000, 10],
  ]);
  expect(failures.counts).toEqual({ exception: 11, rejection: 1 });
});
