/** What the comparison installs is what was measured, to the byte. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`./python/${name}`, import.meta.url), 'utf8');
const lock = read('requirements.lock.txt').replace(/^#.*\n/gm, '');

it('the lock pins every package that is asked for, and all by digests', () => {
  const pins = lock.split(/\n(?=\S)/).map((pin) => pin.trim());
  for (const pin of pins)
    expect(pin).toMatch(/^[a-z0-9-]+==[\w.]+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\\n)?)+$/);
  const pinned = new Set(pins.map((pin) => pin.split(' ')[0]));
  for (const wanted of read('requirements.txt').trim().split('\n')) expect(pinned).toContain(wanted);
});

it('the lock names no host: where packages come from is for whoever installs them to say', () => {
  expect(lock).not.toMatch(/:\/\/|--(index|extra|find|trusted)/);
});
