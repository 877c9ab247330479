/** DTLS records that the gateway sends: receivers throw away a number that they have seen (RFC 6347 4.1.2.6). */

import type { Gateway } from '@remotemedia/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dtlsRecords } from './support/dtls-records.js';
import { gatewayOnLoopback } from './support/gateway-on-loopback.js';
import { LibwebrtcClient } from './support/libwebrtc-client.js';
import type { UdpPlane } from './support/udp-plane.js';
import { until, WeriftClient } from './support/werift-client.js';

/** More records than a handshake takes. */
const EVENTS = 20;
/** Shorter than the shortest retransmission of SCTP, 1 s. */
const IN_TIME_MS = 500;

let plane: UdpPlane;
let gateway: Gateway;
let client: LibwebrtcClient | WeriftClient;

beforeEach(async () => {
  ({ gateway, plane } = await gatewayOnLoopback());
});

afterEach(async () => {
  await client?.close();
  await gateway.close();
});

/** Sends events one by one, each in a record of its own, and waits for each. */
async function exchangeEvents({ events }: { readonly events: object[] }): Promise<void> {
  await until(() => events.length >= 1, 'session_started arrives');
  for (let count = 1; count <= EVENTS; count++) {
    plane.emit({ handle: 1, json: JSON.stringify({ type: 'audio_level', node_id: 'level' }) });
    await until(() => events.length > count, `event ${count} arrives in time`, IN_TIME_MS);
  }
}

/** Epoch and sequence number of every record, as `epoch:number`. */
function recordNumbers(datagrams: readonly Buffer[]): string[] {
  return datagrams.flatMap(dtlsRecords).map(({ epoch, number }) => `${epoch}:${number}`);
}

describe('DTLS records of the gateway', () => {
  it.each([
    ['server', 'active'],
    ['client', 'passive'],
  ])('as DTLS %s never repeat a number', async (_, setup) => {
    const weriftClient = new WeriftClient();
    client = weriftClient;
    const session = gateway.createSession({ transport: 'websocket' });
    const ours = setup === 'active' ? 'passive' : 'active';
    const answer = await weriftClient.connect(session, (offer) =>
      offer.replaceAll('a=setup:actpass', `a=setup:${setup}`),
    );
    expect(answer).toContain(`a=setup:${ours}`);
    await exchangeEvents(weriftClient);
    const encrypted = recordNumbers(plane.sent).filter((number) => number.startsWith('1:'));
    expect(encrypted.length).toBeGreaterThan(EVENTS);
    expect(new Set(encrypted).size).toBe(encrypted.length);
  });

  it('all reach libwebrtc without a retransmission', async () => {
    const libwebrtcClient = new LibwebrtcClient();
    client = libwebrtcClient;
    await libwebrtcClient.connect(gateway.createSession({ transport: 'websocket' }));
    await exchangeEvents(libwebrtcClient);
  });
});
