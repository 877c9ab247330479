import { describe, expect, it } from 'vitest';
import { readTransportStatistics } from './statistics.js';

const inbound = {
  type: 'inbound-rtp',
  kind: 'audio',
  jitter: 0.004,
  packetsReceived: 990,
  packetsLost: 10,
  jitterBufferDelay: 9.6,
  jitterBufferEmittedCount: 240,
};
const outbound = { type: 'outbound-rtp', kind: 'audio', packetsSent: 1000 };
const remoteInbound = {
  type: 'remote-inbound-rtp',
  kind: 'audio',
  jitter: 0.002,
  packetsLost: 3,
  roundTripTime: 0.5,
};
const local = { type: 'local-candidate', address: '192.0.2.1', port: 1234, protocol: 'udp' };
const remote = { type: 'remote-candidate', address: '2001:db8::1', port: 8189, protocol: 'udp' };
const pair = {
  type: 'candidate-pair',
  currentRoundTripTime: 0.012,
  localCandidateId: 'L',
  remoteCandidateId: 'R',
};

const read = (entries: Record<string, object>) => readTransportStatistics(Object.entries(entries));

describe('transport statistics', () => {
  const media = { I: inbound, O: outbound, RI: remoteInbound, L: local, R: remote };

  it('reads a report of Chromium or Safari, where the transport names the pair', () => {
    const transport = { type: 'transport', selectedCandidatePairId: 'P' };
    const other = { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 9 };
    expect(read({ ...media, X: other, P: pair, T: transport })).toEqual({
      roundTripMs: 12,
      jitterMs: 4,
      remoteJitterMs: 2,
      packetsSent: 1000,
      packetsReceived: 990,
      packetsLostUp: 3,
      packetsLostDown: 10,
      playoutDelayMs: 40,
      localCandidate: '192.0.2.1:1234 udp',
      remoteCandidate: '[2001:db8::1]:8189 udp',
    });
  });

  it('reads a report of Firefox, where the pair says that it is selected', () => {
    const other = { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 9 };
    expect(read({ ...media, X: other, P: { ...pair, selected: true } }).roundTripMs).toBe(12);
  });

  it('falls back to the round trip of RTCP', () => {
    expect(read(media).roundTripMs).toBe(500);
  });

  it('has no numbers, and no invented ones, before anything was measured', () => {
    expect(read({})).toEqual({
      roundTripMs: null,
      jitterMs: null,
      remoteJitterMs: null,
      packetsSent: 0,
      packetsReceived: 0,
      packetsLostUp: 0,
      packetsLostDown: 0,
      playoutDelayMs: null,
      localCandidate: null,
      remoteCandidate: null,
    });
  });

  it('shows no negative loss when duplicates outnumber it', () => {
    expect(read({ I: { ...inbound, packetsLost: -2 } }).packetsLostDown).toBe(0);
  });

  it('says when a browser hides an address', () => {
    const hidden = { type: 'local-candidate', address: '', candidateType: 'host' };
    const report = { L: hidden, P: { ...pair, selected: true } };
    expect(read(report).localCandidate).toBe('host (hidden)');
  });
});
