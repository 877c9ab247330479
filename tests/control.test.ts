/** docs/CONTROL.md tells the truth about `/ws`: its exchange works in a browser, its tables are the protocol. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNativeRuntimeAvailable } from '@remotemedia/native-dsp';
import { METHODS, NOTIFICATIONS } from '@remotemedia/signaling';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, launchChromium } from './e2e/chromium.js';
import { samplesOf } from './run-sample.js';
import { startOnLoopback } from './support/server.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 60_000;
const text = readFileSync(join(ROOT, 'docs/CONTROL.md'), 'utf8');

/** Rows of the table whose first heading begins so, cell by cell. */
function rows(heading: string): string[][] {
  const table = new RegExp(`\\| ${heading} .*\\n\\| -.*\\n((?:\\|.*\\n)+)`).exec(text)![1]!;
  const lines = table.trim().split('\n');
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}
const codes = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

describe('the tables of signaling', () => {
  it('name every method, with its parameters and a result of it', () => {
    const documented: string[] = [];
    // The first table is that of control.
    const [, , signaling] = text.split(/\n(?=\| method )/);
    const table = /\| -.*\n((?:\|.*\n)+)/.exec(signaling!)![1]!.trim().split('\n');
    for (const [, names, params, result] of table.map((line) => line.split('|'))) {
      for (const name of codes(names!)) {
        documented.push(name);
        const method = METHODS[name as keyof typeof METHODS];
        const { properties, required = [] } = method.params as unknown as Shape;
        const expected = Object.keys(properties).map((key) => (required.includes(key) ? key : `${key}?`));
        expect(codes(params!), name).toEqual(expected);
        const results = 'anyOf' in method.result ? method.result.anyOf : [method.result];
        const shapes = results.map((shape) => Object.keys((shape as unknown as Shape).properties));
        expect(shapes, name).toContainEqual(codes(result!));
      }
    }
    const all = Object.keys(METHODS).filter((name) => !name.startsWith('control.'));
    expect(documented.sort()).toEqual(all.sort());
    for (const name of Object.keys(METHODS)) expect(text).toContain(`\`${name}\``);
  });

  it('name every notification, with its parameters', () => {
    const documented: string[] = [];
    for (const [, names, params] of rows('notification')) {
      for (const name of codes(names!)) {
        documented.push(name);
        if (name === 'session.event' || name === 'control.event') continue;
        const { properties } = NOTIFICATIONS[name as keyof typeof NOTIFICATIONS] as unknown as Shape;
        const named = codes(params!).filter((code) => code !== 'RTCPeerConnection');
        expect(named, name).toEqual(Object.keys(properties));
      }
    }
    expect(documented.sort()).toEqual(Object.keys(NOTIFICATIONS).sort());
  });
});

it.skipIf(CHROMIUM === undefined || !isNativeRuntimeAvailable())(
  'the exchange opens a session and ends it',
  async () => {
    const server = await startOnLoopback();
    const browser = await launchChromium(join(ROOT, 'tests/fixtures/speech-noisy.wav'));
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      const address = new URL('/ws', server.url.replace('http', 'ws')).href;
      const code = samplesOf(text, 'js')[0]!.replace('ws://localhost:8080/ws', address);
      const given = await page.evaluate(
        `(async () => { ${code}\nreturn { peers_count, answer, event, hungUp }; })()`,
      );
      expect(given).toMatchObject({
        peers_count: 1,
        answer: { type: 'answer', from: 'remotemedia-server', to: 'alice' },
        event: { type: 'session_started', seq: 0, pipeline: 'echo' },
        hungUp: { success: true, peer_id: 'remotemedia-server' },
      });
      expect(await (await fetch(new URL('/api/v1/sessions', server.url))).json()).toMatchObject({
        sessions: [],
      });
    } finally {
      await browser.close();
      await server.close();
    }
  },
  PATIENCE_MS,
);

interface Shape {
  readonly properties: Record<string, unknown>;
  readonly required?: readonly string[];
}
