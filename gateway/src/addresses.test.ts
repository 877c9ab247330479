import { describe, expect, it } from 'vitest';
import { announcedAddresses } from './addresses.js';

const OWN = [
  { address: '127.0.0.1', internal: true },
  { address: '::1', internal: true },
  { address: '2001:db8::7', internal: false },
  { address: 'fe80::1', internal: false },
  { address: '192.0.2.7', internal: false },
];

describe('announcedAddresses', () => {
  it('are those that others can reach, IPv4 first', () => {
    expect(announcedAddresses([], undefined, OWN)).toEqual([
      { announced: '192.0.2.7', local: '192.0.2.7' },
      { announced: '2001:db8::7', local: '2001:db8::7' },
    ]);
  });

  it('are IPv4 alone where IPv4 alone is listened to', () => {
    expect(announcedAddresses([], '0.0.0.0', OWN).map(({ announced }) => announced)).toEqual(['192.0.2.7']);
  });

  it('are loopback on a machine without a network, and a single bound address itself', () => {
    const offline = OWN.filter(({ internal }) => internal);
    expect(announcedAddresses([], '0.0.0.0', offline).map(({ announced }) => announced)).toEqual([
      '127.0.0.1',
    ]);
    expect(announcedAddresses([], '127.0.0.1', OWN)).toEqual([
      { announced: '127.0.0.1', local: '127.0.0.1' },
    ]);
  });

  it('are what is configured: an address that a NAT maps has no local one', () => {
    expect(announcedAddresses(['203.0.113.5', '192.0.2.7'], undefined, OWN)).toEqual([
      { announced: '203.0.113.5', local: undefined },
      { announced: '192.0.2.7', local: '192.0.2.7' },
    ]);
  });
});
