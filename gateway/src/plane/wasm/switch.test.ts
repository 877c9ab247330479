/** What decides whose a datagram is: its first octets, the user fragment, the address. */
import { describe, expect, it } from 'vitest';
import { canonical, forSocket } from './address.js';
import { kindOf, readStun } from './datagram.js';
import { MAX_ADDRESSES, Routes } from './routes.js';
import { Slots } from './slots.js';

function request(...attributes: number[]): Buffer {
  const header = Buffer.alloc(20, 5);
  header.writeUInt16BE(1, 0);
  header.writeUInt16BE(attributes.length, 2);
  header.writeUInt32BE(0x2112a442, 4);
  return Buffer.concat([header, Buffer.from(attributes)]);
}

const text = (word: string) => [...Buffer.from(word)];

describe('a datagram', () => {
  it('is told apart by its first octets', () => {
    for (let first = 0; first < 256; first++) {
      const kind =
        first < 4 ? 'stun' : first >= 20 && first < 64 ? 'dtls' : first >> 6 === 2 ? 'rtp' : 'unknown';
      expect(kindOf(Buffer.from([first, 111]))).toBe(kind);
    }
    expect(kindOf(Buffer.from([0x80, 200]))).toBe('rtcp');
    expect(kindOf(Buffer.from([0x80, 0x80 | 63]))).toBe('rtp');
    expect(kindOf(Buffer.alloc(0))).toBe('unknown');
    expect(kindOf(Buffer.from([0x80]))).toBe('unknown');
  });

  it('that is a STUN request names its session before the colon', () => {
    const software = [0x80, 0x22, 0, 3, ...text('abc'), 0];
    const datagram = request(...software, 0, 6, 0, 9, ...text('gate:peer'), 0, 0, 0);
    expect(readStun(datagram)).toEqual({ ufrag: 'gate' });
    datagram.writeUInt16BE(0x0101, 0);
    expect(readStun(datagram)).toBe('other');
  });

  it('that lies about its lengths is malformed', () => {
    for (const attributes of [
      [],
      [0, 6, 0, 200, ...text('a:b'), 0],
      [0, 6, 0, 4, ...text('abcd')],
      [0, 9, 255, 255, 0, 0, 0, 0],
    ])
      expect(readStun(request(...attributes))).toBe('malformed');
    const whole = request(0, 6, 0, 4, ...text('a:bc'));
    for (let length = 0; length < whole.length; length++)
      expect(readStun(whole.subarray(0, length))).toBe('malformed');
  });
});

describe('routes', () => {
  function twoSessions(): Routes {
    const routes = new Routes();
    routes.open(0, 'aaaa');
    routes.open(1, 'bbbb');
    return routes;
  }

  it('find a session by fragment and by address until it closes', () => {
    const routes = twoSessions();
    routes.learn('peer 1', 0, 0);
    expect([routes.byUfrag('aaaa'), routes.byAddress('peer 1', 1)]).toEqual([0, 0]);
    routes.close(0);
    expect([routes.byUfrag('aaaa'), routes.byAddress('peer 1', 2)]).toEqual([undefined, undefined]);
    expect(routes.byUfrag('bbbb')).toBe(1);
  });

  it('leave the address of a living session alone', () => {
    const routes = twoSessions();
    routes.learn('peer 1', 0, 0);
    expect(routes.byAddress('peer 1', 5_000_000)).toBe(0);
    routes.learn('peer 1', 1, 6_000_000);
    expect(routes.byAddress('peer 1', 6_000_000)).toBe(0);
    routes.learn('peer 1', 1, 9_000_000);
    expect(routes.byAddress('peer 1', 9_000_000)).toBe(1);
    routes.close(0);
    expect(routes.byAddress('peer 1', 9_000_000)).toBe(1);
  });

  it('know a bounded number of addresses, which leave with their session', () => {
    const routes = twoSessions();
    for (let port = 1; port < 1000; port++) routes.learn(`peer ${port}`, 0, 0);
    expect(routes.addressCount).toBe(MAX_ADDRESSES);
    routes.close(0);
    expect(routes.addressCount).toBe(0);
  });
});

it('the handle of a closed session is dead although its slot lives on', () => {
  const slots = new Slots<string>(2);
  const handles = ['a', 'b'].map((value) => {
    const handle = slots.nextHandle!;
    slots.insert(value);
    return handle;
  });
  expect(slots.nextHandle).toBeUndefined();
  expect(slots.remove(handles[0]!)).toBe('a');
  expect(slots.remove(handles[0]!)).toBeUndefined();
  const third = slots.nextHandle!;
  slots.insert('c');
  expect(third).not.toBe(handles[0]);
  expect([slots.get(handles[0]!), slots.get(third), slots.get(handles[1]!)]).toEqual([undefined, 'c', 'b']);
  expect([...slots.handles()].sort()).toEqual([handles[1], third].sort());
  expect(slots.size).toBe(2);
});

it('IPv4 peers of a dual-stack socket are written as IPv4 and found again', () => {
  expect(forSocket('192.0.2.7', true)).toBe('::ffff:192.0.2.7');
  expect(canonical('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect([forSocket('192.0.2.7', false), forSocket('2001:db8::1', true)]).toEqual([
    '192.0.2.7',
    '2001:db8::1',
  ]);
});
