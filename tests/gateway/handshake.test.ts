/** The gateway's adapter against the real werift: a werift client connects over UDP to a plane without media. */

import type { Gateway, Session } from '@remotemedia/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayOnLoopback } from './support/gateway-on-loopback.js';
import type { UdpPlane } from './support/udp-plane.js';
import { until, WeriftClient } from './support/werift-client.js';

let plane: UdpPlane;
let gateway: Gateway;
let client: WeriftClient;

beforeEach(async () => {
  ({ gateway, plane } = await gatewayOnLoopback({ maxSessions: 4, connectTimeoutMs: 3000 }));
});

afterEach(async () => {
  await client?.close();
  await gateway.close();
});

async function connected(options = {}): Promise<Session> {
  client = new WeriftClient(options);
  const session = gateway.createSession({ transport: 'websocket', peerId: 'alice' });
  await client.connect(session);
  await until(() => session.state === 'connected', 'the session connects');
  await until(() => client.peer.connectionState === 'connected', 'the client connects');
  return session;
}

describe('a werift client', () => {
  it('connects, and its keys and addresses go down to the plane', async () => {
    const session = await connected();
    const media = plane.media.get(1)!;
    expect([0x0001, 0x0007]).toContain(media.profile);
    expect(media.localKey).toHaveLength(16);
    expect(media.remoteKey).toHaveLength(16);
    expect(media).toMatchObject({ send: true, receive: true, receivePayloadType: 111, sendPayloadType: 111 });
    expect(`${media.remoteAddress}:${media.remotePort}`).toBe(session.remoteAddress);
    const theirs = client.peer.dtlsTransports[0]!.srtp.config;
    expect(Buffer.from(media.localKey).equals(theirs.keys.remoteMasterKey)).toBe(true);
    expect(Buffer.from(media.remoteSalt).equals(theirs.keys.localMasterSalt)).toBe(true);
    expect(media.profile).toBe(theirs.profile);
  });

  it('gets the events of its session on the channel that it opens, in order', async () => {
    const session = await connected();
    plane.emit({
      handle: 1,
      json: JSON.stringify({
        type: 'speech_started',
        node_id: 'vad',
        media_time_samples: 480,
        sample_rate: 48000,
        media_time_ms: 10,
        detected_at_ms: 30,
        detection_delay_ms: 20,
        probability: 0.9,
      }),
    });
    await until(() => client.events.length >= 2, 'two events');
    expect(client.events[0]).toMatchObject({
      type: 'session_started',
      seq: 0,
      session_id: session.id,
      node_id: null,
      pipeline: 'echo',
      runtime: 'native',
    });
    expect(client.events[1]).toMatchObject({
      type: 'speech_started',
      seq: 1,
      node_id: 'vad',
      detection_delay_ms: 20,
    });
  });

  it('gets a channel from the gateway when it opens another one', async () => {
    await connected({ channel: 'chat' });
    await until(() => client.events.length >= 1, 'an event');
    expect(client.events[0]).toMatchObject({ type: 'session_started', seq: 0 });
  });

  it('connects without a data channel', async () => {
    const session = await connected({ channel: null, direction: 'sendonly' });
    expect(session.state).toBe('connected');
    expect(plane.media.get(1)).toMatchObject({ send: false, receive: true });
  });

  it('is told before the session closes, and nothing is left', async () => {
    const session = await connected();
    await until(() => client.events.length >= 1, 'the channel is open');
    await session.close({ code: 'deleted', message: 'enough' });
    await until(() => client.events.some(({ type }) => type === 'session_closed'), 'session_closed arrives');
    expect(client.events.at(-1)).toMatchObject({
      type: 'session_closed',
      code: 'deleted',
      message: 'enough',
    });
    expect(session.state).toBe('closed');
    expect(gateway.sessions.size).toBe(0);
    expect(plane.slots).toBe(0);
    expect(plane.inputsEnded).toEqual([{ handle: 1, reason: 'track_ended' }]);
  });

  it('loses its session with a reason when a node fails', async () => {
    const session = await connected();
    await until(() => client.events.length >= 1, 'the channel is open');
    plane.fail(1, 'node "echo" failed');
    await until(() => session.state === 'closed', 'the session closes');
    expect(session.closeInfo).toEqual({
      reason: 'pipeline',
      code: 'node_failed',
      message: 'node "echo" failed',
    });
    await until(() => client.events.at(-1)?.['type'] === 'session_closed', 'the client is told');
  });

  it('is noticed when it closes', async () => {
    const session = await connected();
    await until(() => client.events.length >= 1, 'the channel is open');
    await client.close();
    await until(() => session.state === 'closed', 'the session closes', 2000);
    expect(session.closeInfo?.code).toBe('client_closed');
  });

  it('keeps its session when it offers again', async () => {
    const session = await connected();
    await expect(session.negotiate(client.peer.localDescription!.sdp)).rejects.toMatchObject({
      code: 'already_negotiated',
    });
    expect(session.state).toBe('connected');
  });

  it('that never comes is told which phase failed and what was tried', async () => {
    client = new WeriftClient();
    await client.peer.setLocalDescription(await client.peer.createOffer());
    const session = gateway.createSession({ transport: 'whip' });
    await session.negotiate(client.peer.localDescription!.sdp);
    await until(() => session.state === 'closed', 'the session closes', 6000);
    expect(session.closeInfo).toMatchObject({ reason: 'network', code: 'ice_timeout' });
    expect(session.closeInfo!.message).toContain(`127.0.0.1:${plane.port}`);
    expect(plane.slots).toBe(0);
  });
});
