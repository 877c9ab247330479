import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { METHODS, NOTIFICATIONS, SERVER_PEER_ID } from '../protocol/index.js';
import { buildTestApp, type TestApp } from '../testing/build.js';
import { TestClient } from '../testing/client.js';
import { ANSWER, OFFER } from '../testing/fake-gateway.js';

let test: TestApp;
let alice: TestClient;
beforeEach(async () => {
  test = await buildTestApp();
  alice = await TestClient.open(test.app);
  await alice.announce('alice');
});
afterEach(() => test.app.close());

const offer = { from: 'alice', to: SERVER_PEER_ID, sdp: OFFER };
const candidate = (text: string) => ({ from: 'alice', to: SERVER_PEER_ID, candidate: text, sdp_mid: '0' });

describe('an offer to the gateway', () => {
  it('is answered in the result, with the session and the default pipeline', async () => {
    const { result } = await alice.call('peer.offer', offer);
    expect(result).toEqual({
      type: 'answer',
      sdp: ANSWER,
      from: SERVER_PEER_ID,
      to: 'alice',
      session_id: 'ses_0',
    });
    expect(Compile(METHODS['peer.offer'].result).Check(result)).toBe(true);
    expect(test.gateway.made[0]).toMatchObject({ transport: 'websocket', peerId: 'alice', pipeline: 'echo' });
  });

  it('takes a pipeline by name, or an inline manifest', async () => {
    await alice.call('peer.offer', { ...offer, pipeline: 'meter' });
    expect(test.gateway.made[0]?.pipeline).toBe('meter');
    await alice.call('peer.disconnect', { peer_id: SERVER_PEER_ID });
    const manifest = { version: 'v1', nodes: [], connections: [] };
    await alice.call('peer.offer', { ...offer, manifest });
    expect(test.gateway.made[1]?.manifest).toEqual(manifest);
  });

  it.each([
    ['bad SDP', { sdp: 'hello' }, -32002, 'malformed_sdp'],
    ['no audio', { sdp: 'v=0\r\nm=video 9 X 96\r\n' }, -32002, 'no_audio'],
    ['an unknown pipeline', { pipeline: 'missing' }, -32602, 'unknown_pipeline'],
    ['pipeline and manifest at once', { pipeline: 'echo', manifest: {} }, -32602, 'invalid_params'],
    ['a manifest that is no object', { manifest: 'version: v1' }, -32602, 'invalid_params'],
    ['no sdp', { sdp: undefined }, -32602, 'invalid_params'],
    ['a number as sdp', { sdp: 5 }, -32602, 'invalid_params'],
    ["another's name", { from: 'mallory' }, -32602, 'invalid_params'],
  ])('with %s is refused and leaves no session', async (_what, change, code, stable) => {
    const { error } = await alice.call('peer.offer', { ...offer, ...change });
    expect(error).toMatchObject({ code, data: { code: stable } });
    expect(test.gateway.sessions.size).toBe(0);
    expect((await alice.call('peer.offer', offer)).result.type).toBe('answer');
  });

  it('with a bad manifest gets every complaint', async () => {
    const { error } = await alice.call('peer.offer', { ...offer, manifest: { nodes: [] } });
    expect(error?.data).toMatchObject({
      code: 'invalid_manifest',
      complaints: [{ path: 'version', code: 'missing' }],
    });
  });

  it('is refused when the gateway is full', async () => {
    test.gateway.maxSessions = 0;
    expect((await alice.call('peer.offer', offer)).error).toMatchObject({
      code: -32001,
      data: { code: 'server_full' },
    });
  });

  it('needs an announcement', async () => {
    const bob = await TestClient.open(test.app);
    const { error } = await bob.call('peer.offer', { ...offer, from: 'bob' });
    expect(error).toMatchObject({ code: -32600, data: { code: 'not_announced' } });
  });

  it('is refused while another is answered, and when there is a session already', async () => {
    let go = () => {};
    test.gateway.prepare = (session) => {
      session.held = new Promise((resolve) => {
        go = resolve;
      });
    };
    const first = alice.call('peer.offer', offer);
    expect((await alice.call('peer.offer', offer)).error).toMatchObject({
      code: -32005,
      data: { code: 'negotiation_in_progress' },
    });
    go();
    expect((await first).result.type).toBe('answer');
    expect((await alice.call('peer.offer', offer)).error?.data.code).toBe('already_negotiated');
    expect(test.gateway.made).toHaveLength(1);
  });
});

describe('candidates', () => {
  it('that come before the offer are kept for the session, in order', async () => {
    await alice.call('peer.ice_candidate', candidate('candidate:1'));
    await alice.call('peer.ice_candidate', candidate('candidate:2'));
    await alice.call('peer.offer', offer);
    await alice.call('peer.ice_candidate', { from: 'alice', to: SERVER_PEER_ID, candidate: '' });
    expect(test.gateway.made[0]?.candidates).toEqual([
      { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: null },
      { candidate: 'candidate:2', sdpMid: '0', sdpMLineIndex: null },
      { candidate: '', sdpMid: null, sdpMLineIndex: null },
    ]);
  });

  it('before the offer are not kept without end', async () => {
    for (let i = 0; i < 64; i += 1) await alice.call('peer.ice_candidate', candidate(`candidate:${i}`));
    const { error } = await alice.call('peer.ice_candidate', candidate('candidate:64'));
    expect(error).toMatchObject({ code: -32004, data: { code: 'too_many_candidates' } });
  });

  it('that are malformed are refused with -32004', async () => {
    await alice.call('peer.offer', offer);
    const { error } = await alice.call('peer.ice_candidate', candidate('nonsense'));
    expect(error).toMatchObject({ code: -32004, data: { code: 'malformed_candidate' } });
  });

  it('of the gateway come after the answer, the empty one last', async () => {
    await alice.call('peer.offer', offer);
    await alice.find((message) => message.method === 'peer.ice_candidate' && message.params.candidate === '');
    const order = alice.received
      .map((message) => message.params?.candidate ?? message.result?.type)
      .filter((x) => x !== undefined);
    expect(order).toEqual(['answer', 'candidate:1 1 udp 1 192.0.2.1 8189 typ host', '']);
    for (const { method, params } of alice.received) {
      if (method === 'peer.ice_candidate') expect(Compile(NOTIFICATIONS[method]).Check(params)).toBe(true);
    }
  });
});

describe('the session', () => {
  it('tells states and events as notifications', async () => {
    await alice.call('peer.offer', offer);
    const session = test.gateway.made[0]!;
    session.enter('connected');
    session.emit('event', { type: 'audio_level', seq: 0, session_id: 'ses_0' } as never);
    const { params } = await alice.notification('session.event');
    expect(params).toEqual({ type: 'audio_level', seq: 0, session_id: 'ses_0' });
    const states = alice.received
      .filter(({ method }) => method === 'peer.state_change')
      .map(({ params: p }) => p);
    expect(states).toEqual(
      ['connecting', 'connected'].map((connection_state) => ({
        peer_id: 'alice',
        connection_state,
        timestamp: test.clock.now,
        session_id: 'ses_0',
      })),
    );
  });

  it('that fails is told as failed, and a new offer is welcome', async () => {
    await alice.call('peer.offer', offer);
    await test.gateway.made[0]!.close({
      reason: 'network',
      code: 'ice_failed',
      message: 'No candidate pair works',
    });
    await alice.find(({ params }) => params?.connection_state === 'failed');
    expect((await alice.call('peer.offer', offer)).result.session_id).toBe('ses_1');
  });

  it('ends by peer.disconnect to the gateway; the peer stays announced', async () => {
    await alice.call('peer.offer', offer);
    const { result } = await alice.call('peer.disconnect', { peer_id: SERVER_PEER_ID, reason: 'bye' });
    expect(result).toEqual({ success: true, peer_id: SERVER_PEER_ID });
    expect(test.gateway.made[0]?.closeInfo).toMatchObject({ code: 'client_closed', message: 'bye' });
    expect((await alice.call('peer.list')).result.count).toBe(1);
  });

  it('ends by peer.disconnect of the own id, which leaves altogether', async () => {
    const bob = await TestClient.open(test.app);
    await bob.announce('bob');
    await alice.call('peer.offer', offer);
    await alice.call('peer.disconnect', { peer_id: 'alice', reason: 'bye' });
    expect(test.gateway.sessions.size).toBe(0);
    expect((await bob.notification('peer.left')).params).toEqual({ peer_id: 'alice' });
    expect((await alice.notification('peer.disconnected')).params).toEqual({
      peer_id: 'alice',
      reason: 'bye',
    });
    expect((await alice.call('peer.list')).result.count).toBe(1);
    await alice.announce('alice-again');
  });

  it('and everything else is freed when the socket drops in mid-negotiation', async () => {
    let go = () => {};
    test.gateway.prepare = (session) => {
      session.held = new Promise((resolve) => {
        go = resolve;
      });
    };
    const bob = await TestClient.open(test.app);
    await bob.announce('bob');
    const opened = new Promise((resolve) => test.gateway.once('session_opened', resolve));
    const closed = new Promise((resolve) => test.gateway.once('session_closed', resolve));
    alice.send(JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'peer.offer', params: offer }));
    await opened;
    alice.socket.terminate();
    await closed;
    go();
    expect(test.gateway.made[0]?.closeInfo?.code).toBe('signaling_lost');
    expect(test.gateway.sessions.size).toBe(0);
    expect((await bob.notification('peer.left')).params).toEqual({ peer_id: 'alice' });
    expect(
      (await bob.call('list_peers')).result.peers.map((peer: { peer_id: string }) => peer.peer_id),
    ).toEqual(['bob']);
  });
});
