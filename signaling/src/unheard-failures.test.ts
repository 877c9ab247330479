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
