import { describe, expect, it } from 'vitest';
import type { SrtpKeys } from '../../werift/peer-types.js';
import { Srtp } from './srtp.js';

const PROFILES = [
  [1, 14],
  [7, 12],
] as const;

function keys(profile: number, saltBytes: number, swap = false): SrtpKeys {
  const [a, b] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  const [c, d] = [Buffer.alloc(saltBytes, 3), Buffer.alloc(saltBytes, 4)];
  return swap
    ? { profile, localKey: b, localSalt: d, remoteKey: a, remoteSalt: c }
    : { profile, localKey: a, localSalt: c, remoteKey: b, remoteSalt: d };
}

function rtp(sequence: number, ssrc = 7, payload = 'opus'): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(0x806f, 0);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, Buffer.from(payload)]);
}

const report = Buffer.from('80c90001000000090000000000000000', 'hex');

describe.each(PROFILES)('with profile %i', (profile, saltBytes) => {
  const pair = () => [new Srtp(keys(profile, saltBytes)), new Srtp(keys(profile, saltBytes, true))] as const;

  it('what one side protects, the other opens once', () => {
    const [alice, bob] = pair();
    const sealed = alice.protectRtp(rtp(5))!;
    expect(bob.openRtp(Buffer.from(sealed))).toEqual(rtp(5));
    expect(bob.openRtp(Buffer.from(sealed))).toBe('srtp_replayed');
    const sealedReport = alice.protectRtcp(report)!;
    expect(bob.openRtcp(Buffer.from(sealedReport))).toEqual(report);
    expect(bob.openRtcp(Buffer.from(sealedReport))).toBe('srtp_replayed');
  });

  it('a loss of a thousand packets around the wrap does not lose the stream', () => {
    const [alice, bob] = pair();
    for (const index of [65_000, 66_000, 90_000, 120_000, 131_000, 132_000]) {
      const [before, at] = [alice.protectRtp(rtp(index - 1)), alice.protectRtp(rtp(index))];
      expect(bob.openRtp(at!)).toEqual(rtp(index));
      expect(bob.openRtp(before!)).toEqual(rtp(index - 1));
    }
  });

  it('one flipped bit, anywhere, is noticed and leaves no trace', () => {
    const [alice, bob] = pair();
    const sealed = alice.protectRtp(rtp(1))!;
    for (let at = 0; at < sealed.length * 8; at++) {
      const forged = Buffer.from(sealed);
      forged[at >> 3]! ^= 1 << (at & 7);
      expect(typeof bob.openRtp(forged), `bit ${at}`).toBe('string');
    }
    expect(bob.openRtp(sealed)).toEqual(rtp(1));
  });

  it('forged streams take no place', () => {
    const [alice, bob] = pair();
    for (let ssrc = 100; ssrc < 200; ssrc++) {
      const forged = Buffer.concat([rtp(1, ssrc), Buffer.alloc(16)]);
      expect(bob.openRtp(forged)).toBe('srtp_unauthentic');
    }
    for (let ssrc = 0; ssrc < 8; ssrc++)
      expect(bob.openRtp(alice.protectRtp(rtp(1, ssrc))!)).toEqual(rtp(1, ssrc));
    expect(alice.protectRtp(rtp(1, 8))).toBeUndefined();
    expect(bob.openRtp(Buffer.concat([rtp(1, 9), Buffer.alloc(16)]))).toBe('srtp_too_many_streams');
  });

  it('every length is refused that has no room for its own parts', () => {
    const [alice, bob] = pair();
    const sealed = alice.protectRtp(rtp(1))!;
    const sealedReport = alice.protectRtcp(report)!;
    for (let length = 0; length < sealed.length; length++)
      expect(typeof bob.openRtp(sealed.subarray(0, length))).toBe('string');
    for (let length = 0; length < sealedReport.length; length++)
      expect(typeof bob.openRtcp(sealedReport.subarray(0, length))).toBe('string');
    // An extension and CSRCs that end beyond the packet.
    for (const first of [0x90, 0x8f, 0x9f, 0x00]) {
      const lying = Buffer.concat([rtp(2, 7, 'ffffffff'), Buffer.alloc(16, 0xff)]);
      lying[0] = first;
      expect(typeof bob.openRtp(lying)).toBe('string');
    }
  });

  it('RTCP that is not encrypted is refused (RFC 5764 4.1.2)', () => {
    const [alice, bob] = pair();
    const plain = Buffer.from(alice.protectRtcp(report)!);
    plain[plain.length - (profile === 7 ? 4 : 14)]! &= 0x7f;
    expect(bob.openRtcp(plain)).toBe('srtp_not_encrypted');
  });

  it('no index is used twice', () => {
    const [alice] = pair();
    expect(alice.protectRtp(rtp(10))).toBeDefined();
    expect(alice.protectRtp(rtp(10))).toBeUndefined();
    expect(alice.protectRtp(rtp(9))).toBeUndefined();
    expect(alice.protectRtp(rtp(11))).toBeDefined();
  });

  it('keys of another length are refused by name', () => {
    const wrong = { ...keys(profile, saltBytes), remoteSalt: Buffer.alloc(5) };
    expect(() => new Srtp(wrong)).toThrow(
      expect.objectContaining({
        code: 'invalid_keys',
        message: expect.stringContaining('salt has 5 octets'),
      }),
    );
  });
});

it('a profile that werift has no cipher for is refused by its number', () => {
  expect(() => new Srtp(keys(8, 12))).toThrow(
    expect.objectContaining({ code: 'unsupported_profile', message: 'SRTP profile 0x0008 is not supported' }),
  );
});
