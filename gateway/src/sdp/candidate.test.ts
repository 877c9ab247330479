import { describe, expect, it } from 'vitest';
import { parseCandidate, writeCandidate } from './candidate.js';

describe('a candidate', () => {
  it('is read with and without its attribute name', () => {
    const candidate = {
      foundation: '842163049',
      priority: 1_677_729_535,
      address: '192.0.2.7',
      port: 51_372,
      type: 'srflx',
    };
    const text =
      '842163049 1 udp 1677729535 192.0.2.7 51372 typ srflx raddr 10.0.0.2 rport 51372 generation 0 ufrag Ab3/';
    for (const start of ['', 'candidate:', 'a=candidate:']) {
      expect(parseCandidate(start + text)).toEqual({ usable: true, candidate });
    }
  });

  it('of ours is read back as it was written', () => {
    const candidate = { foundation: 'f', priority: 1, address: '2001:db8::1', port: 8189 };
    expect(parseCandidate(writeCandidate(candidate))).toEqual({
      usable: true,
      candidate: { ...candidate, type: 'host' },
    });
  });

  it.each([
    ['transport', '1 1 tcp 1518280447 192.0.2.7 9 typ host tcptype active'],
    ['name', '1 1 udp 2113937151 e6a3a7a1-6c4c-4a55-8a5e-7ba9a2cd4a7c.local 51372 typ host'],
    ['component', '1 2 udp 2113937151 192.0.2.7 51372 typ host'],
    ['port', '1 1 udp 2113937151 192.0.2.7 0 typ host'],
    ['type', '1 1 udp 2113937151 192.0.2.7 5 typ magic'],
  ])('is of no use for its %s', (reason, text) => {
    expect(parseCandidate(text)).toEqual({ usable: false, reason });
  });

  it.each([
    '',
    'candidate:',
    '1 1 udp x 192.0.2.7 5 typ host',
    '1 1 udp 1 192.0.2.7 65536 typ host',
    '1 1 udp 1 192.0.2.7 5 host',
    'x'.repeat(5000),
  ])('%j is malformed', (text) => {
    expect(parseCandidate(text)).toBe('malformed');
  });
});
