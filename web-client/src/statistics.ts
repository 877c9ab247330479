/**
 * Reads the few numbers of a W3C `RTCStatsReport` that tell how a call is doing. Pure: it takes the report as a map, so that it is
 * tested without a browser.
 */

export interface TransportStatistics {
  /** Network round trip: of the ICE candidate pair, or of RTCP where the browser does not give that one. */
  roundTripMs: number | null;
  /** Of the processed audio, measured here (RFC 3550 section 6.4.1). */
  jitterMs: number | null;
  /** Of our microphone audio, as the gateway reports it. */
  remoteJitterMs: number | null;
  packetsSent: number;
  packetsReceived: number;
  /** On the way to the gateway, as the gateway reports it. */
  packetsLostUp: number;
  /** On the way back, counted here. */
  packetsLostDown: number;
  /** How long the browser's jitter buffer held audio back, mean over the call. */
  playoutDelayMs: number | null;
  localCandidate: string | null;
  remoteCandidate: string | null;
}

type Entry = Record<string, unknown>;

export function readTransportStatistics(report: Iterable<[string, unknown]>): TransportStatistics {
  const entries = new Map<string, Entry>();
  for (const [id, entry] of report) entries.set(id, entry as Entry);
  const all = [...entries.values()];
  const audio = (type: string) => all.find((entry) => entry['type'] === type && entry['kind'] === 'audio');

  const inbound = audio('inbound-rtp');
  const outbound = audio('outbound-rtp');
  const remoteInbound = audio('remote-inbound-rtp');
  const pair = selectedPair(entries, all);
  const emitted = number(inbound?.['jitterBufferEmittedCount']) ?? 0;
  const delay = number(inbound?.['jitterBufferDelay']);

  return {
    roundTripMs: milliseconds(pair?.['currentRoundTripTime'] ?? remoteInbound?.['roundTripTime']),
    jitterMs: milliseconds(inbound?.['jitter']),
    remoteJitterMs: milliseconds(remoteInbound?.['jitter']),
    packetsSent: number(outbound?.['packetsSent']) ?? 0,
    packetsReceived: number(inbound?.['packetsReceived']) ?? 0,
    packetsLostUp: Math.max(0, number(remoteInbound?.['packetsLost']) ?? 0),
    packetsLostDown: Math.max(0, number(inbound?.['packetsLost']) ?? 0),
    playoutDelayMs: delay !== null && emitted > 0 ? (delay / emitted) * 1000 : null,
    localCandidate: address(entries.get(String(pair?.['localCandidateId']))),
    remoteCandidate: address(entries.get(String(pair?.['remoteCandidateId']))),
  };
}

/** Chromium and Safari name the pair on the transport; Firefox marks the pair itself as `selected`. */
function selectedPair(entries: Map<string, Entry>, all: Entry[]): Entry | undefined {
  for (const entry of all) {
    const id = entry['selectedCandidatePairId'];
    if (entry['type'] === 'transport' && typeof id === 'string') return entries.get(id);
  }
  const pairs = all.filter((entry) => entry['type'] === 'candidate-pair');
  return (
    pairs.find((pair) => pair['selected'] === true) ??
    pairs.find((pair) => pair['nominated'] === true && pair['state'] === 'succeeded')
  );
}

function address(candidate: Entry | undefined): string | null {
  if (candidate === undefined) return null;
  const host = candidate['address'] ?? candidate['ip'];
  if (typeof host !== 'string' || host === '') return `${candidate['candidateType'] ?? 'unknown'} (hidden)`;
  return `${host.includes(':') ? `[${host}]` : host}:${candidate['port']} ${candidate['protocol'] ?? ''}`.trim();
}

const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
const milliseconds = (seconds: unknown): number | null => {
  const value = number(seconds);
  return value === null ? null : value * 1000;
};
