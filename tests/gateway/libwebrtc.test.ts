/** Real libwebrtc against the gateway's handshake, answers and events; no media (see media.test.ts). */

import type { Gateway, Session } from '@remotemedia/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayOnLoopback } from './support/gateway-on-loopback.js';
import { LibwebrtcClient, type LibwebrtcOptions } from './support/libwebrtc-client.js';
import type { UdpPlane } from './support/udp-plane.js';
import { until } from './support/werift-client.js';

let plane: UdpPlane;
let gateway: Gateway;
let client: LibwebrtcClient;

beforeEach(async () => {
  ({ gateway, plane } = await gatewayOnLoopback());
});

afterEach(async () => {
  client?.close();
  await gateway.close();
});

async function connected(options: LibwebrtcOptions = {}): Promise<{ session: Session; answer: string }> {
  client = new LibwebrtcClient(options);
  const session = gateway.createSession({ transport: 'websocket' });
  const answer = await client.connect(session);
  await until(
    () => session.state === 'connected' && client.peer.connectionState === 'connected',
    'both sides connect',
  );
  return { session, answer };
}

const lines = (sdp: string, start: string) => sdp.split('\r\n').filter((line) => line.startsWith(start));

describe('libwebrtc', () => {
  it('connects, gets its events, and sends encrypted audio', async () => {
    const { session } = await connected();
    await until(() => client.events.length >= 1, 'session_started arrives');
    expect(client.events[0]).toMatchObject({ type: 'session_started', seq: 0, session_id: session.id });
    expect(plane.media.get(1)).toMatchObject({ receivePayloadType: 111, redPayloadType: 63 });
    const silence = {
      samples: new Int16Array(480),
      sampleRate: 48_000,
      channelCount: 1,
      numberOfFrames: 480,
    };
    for (let i = 0; i < 10; i++) client.source.onData(silence);
    await until(() => (plane.packets.get(1) ?? 0) > 0, 'packets arrive');
  });

  it('takes an answer to two one-way audio lines, video and data', async () => {
    const { answer } = await connected({ audio: ['sendonly', 'recvonly'], video: true });
    expect(lines(answer, 'm=').map((line) => line.split(' ')[0])).toEqual([
      'm=video',
      'm=audio',
      'm=audio',
      'm=application',
    ]);
    expect(lines(answer, 'm=video')[0]).toMatch(/^m=video 0 /);
    expect(lines(answer, 'a=recvonly')).toHaveLength(1);
    expect(lines(answer, 'a=sendonly')).toHaveLength(1);
    expect(answer.indexOf('a=recvonly')).toBeLessThan(answer.indexOf('a=sendonly'));
    await until(() => client.events.length >= 1, 'session_started arrives');
  });

  it('connects one way, as a WHIP publisher', async () => {
    const { answer } = await connected({ audio: ['sendonly'], channel: null });
    expect(lines(answer, 'a=recvonly')).toHaveLength(1);
    expect(plane.media.get(1)).toMatchObject({ send: false, receive: true });
  });

  it('is told that its session closes, and sees the channel close', async () => {
    const { session } = await connected();
    await until(() => client.events.length >= 1, 'the channel is open');
    await session.close({ message: 'good bye' });
    await until(() => client.events.at(-1)?.['type'] === 'session_closed', 'session_closed arrives');
    await until(() => client.channelClosed, 'the channel closes');
  });

  it('is noticed at once when it closes', async () => {
    const { session } = await connected();
    await until(() => client.events.length >= 1, 'the channel is open');
    client.close();
    await until(() => session.state === 'closed', 'the session closes', 2000);
    expect(session.closeInfo?.code).toBe('client_closed');
  });

  it('is noticed at once when it closes without a data channel', async () => {
    const { session } = await connected({ channel: null });
    client.close();
    await until(() => session.state === 'closed', 'the session closes', 2000);
    expect(session.closeInfo?.code).toBe('client_closed');
  });
});
