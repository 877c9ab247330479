import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SERVER_PEER_ID } from '../protocol/index.js';
import { buildTestApp, type TestApp } from '../testing/build.js';
import { TestClient } from '../testing/client.js';

let test: TestApp;
let alice: TestClient;
let bob: TestClient;
beforeEach(async () => {
  test = await buildTestApp();
  alice = await TestClient.open(test.app);
  bob = await TestClient.open(test.app);
});
afterEach(() => test.app.close());

describe('an announcement', () => {
  it('tells who else is there, and tells the others', async () => {
    await alice.announce('alice');
    const user_data = { name: 'Bob' };
    const { result } = await bob.call('peer.announce', {
      peer_id: 'bob',
      capabilities: ['audio', 'data'],
      user_data,
    });
    expect(result).toEqual({ success: true, peer_id: 'bob', peers_count: 2, other_peers: ['alice'] });
    expect((await alice.notification('peer.joined')).params).toEqual({
      peer_id: 'bob',
      capabilities: ['audio', 'data'],
      metadata: user_data,
    });
    expect(bob.received.some(({ method }) => method === 'peer.joined')).toBe(false);
  });

  it.each([
    ['a taken id', { peer_id: 'alice', capabilities: [] }, 'already_announced'],
    ["the gateway's id", { peer_id: SERVER_PEER_ID, capabilities: [] }, 'already_announced'],
    ['an id with blanks', { peer_id: 'b o b', capabilities: [] }, 'invalid_params'],
    ['no capabilities', { peer_id: 'bob' }, 'invalid_params'],
    [
      'much user data',
      { peer_id: 'bob', capabilities: [], user_data: { x: 'y'.repeat(5000) } },
      'invalid_params',
    ],
    ['params in a list', ['bob'], 'invalid_params'],
    ['no params', undefined, 'invalid_params'],
  ])('with %s is refused with -32602 and the own id', async (_what, params, code) => {
    await alice.announce('alice');
    const { error, id } = await bob.call('peer.announce', params);
    expect(error).toMatchObject({ code: -32602, data: { code } });
    expect(id).toBe(1);
    expect((await bob.call('peer.list')).result.count).toBe(1);
  });

  it('comes once per socket', async () => {
    await alice.announce('alice');
    const { error } = await alice.call('peer.announce', { peer_id: 'alice2', capabilities: [] });
    expect(error?.data.code).toBe('already_announced');
    expect((await bob.call('peer.list')).result.count).toBe(1);
  });
});

describe('peers', () => {
  beforeEach(async () => {
    await alice.announce('alice');
    await bob.announce('bob');
  });

  it('are listed under both names of the method, with and without params', async () => {
    const { result } = await alice.call('peer.list');
    expect(result).toEqual({
      count: 2,
      peers: ['alice', 'bob'].map((peer_id) => ({
        peer_id,
        capabilities: ['audio'],
        metadata: {},
        connected_at: Math.floor(test.clock.now / 1000),
      })),
    });
    expect((await alice.call('list_peers', {})).result).toEqual(result);
  });

  it('forward offers, answers and candidates to each other', async () => {
    expect((await alice.call('peer.offer', { from: 'alice', to: 'bob', sdp: 'anything' })).result).toEqual({
      success: true,
      to_peer_id: 'bob',
    });
    await bob.call('peer.answer', { from: 'bob', to: 'alice', sdp: 'something' });
    await alice.call('peer.ice_candidate', { from: 'alice', to: 'bob', candidate: 'c', sdp_m_line_index: 0 });
    expect((await bob.notification('peer.offer')).params).toEqual({
      from: 'alice',
      to: 'bob',
      sdp: 'anything',
    });
    expect((await alice.notification('peer.answer')).params).toEqual({
      from: 'bob',
      to: 'alice',
      sdp: 'something',
    });
    expect((await bob.notification('peer.ice_candidate')).params).toEqual({
      from: 'alice',
      to: 'bob',
      candidate: 'c',
      sdp_mid: null,
      sdp_m_line_index: 0,
    });
    expect(test.gateway.made).toHaveLength(0);
  });

  it('hang up on each other without ending anything else', async () => {
    await alice.call('peer.disconnect', { peer_id: 'bob', reason: 'later' });
    expect((await bob.notification('peer.disconnected')).params).toEqual({
      peer_id: 'alice',
      reason: 'later',
    });
    expect((await alice.call('peer.list')).result.count).toBe(2);
  });

  it.each(['peer.offer', 'peer.answer', 'peer.ice_candidate'])(
    'get -32000 for %s to nobody',
    async (method) => {
      const { error } = await alice.call(method, { from: 'alice', to: 'carol', sdp: 'x', candidate: 'x' });
      expect(error).toMatchObject({ code: -32000, data: { code: 'peer_not_found' } });
    },
  );

  it('cannot answer the gateway, which never offers', async () => {
    const { error } = await alice.call('peer.answer', { from: 'alice', to: SERVER_PEER_ID, sdp: 'x' });
    expect(error).toMatchObject({ code: -32003, data: { code: 'unexpected_answer' } });
  });

  it('are told when one leaves', async () => {
    bob.socket.terminate();
    expect((await alice.notification('peer.left')).params).toEqual({ peer_id: 'bob' });
  });
});

it('server.info tells addresses and host name without an announcement', async () => {
  expect((await alice.call('server.info')).result).toEqual({
    addresses: [{ ip: '192.0.2.1', is_default: true }],
    hostname: 'box',
  });
});
