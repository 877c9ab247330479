import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gateway, GatewayOptions } from './gateway.js';
import { createGateway } from './media-gateway.js';
import type { SessionEvent } from './session/events.js';
import { microphoneOffer } from './testing/offers.js';
import { SilentPlane } from './testing/silent-plane.js';

const MANIFEST = {
  version: 'v1',
  metadata: { name: 'echo', description: 'as it came' },
  nodes: [],
  connections: [],
};

let plane: SilentPlane;
let gateway: Gateway;

function create(options: Partial<GatewayOptions> = {}): Gateway {
  return createGateway(
    {
      announceAddresses: ['192.0.2.1'],
      pipelines: new Map([['echo', MANIFEST]]),
      defaultPipeline: 'echo',
      maxSessions: 2,
      ...options,
    },
    {
      createPlane: (_, wake) => {
        plane = new SilentPlane(wake);
        return plane;
      },
      givesAudio: (manifest) => !manifest.includes('silent'),
      now: () => new Date(0),
    },
  );
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  gateway = create();
});

afterEach(async () => {
  await gateway.close();
  vi.useRealTimers();
});

describe('createSession', () => {
  it('takes the default pipeline, and gives each session a name that nobody guesses', () => {
    const first = gateway.createSession({ transport: 'whip' });
    const second = gateway.createSession({ transport: 'websocket', peerId: 'bob' });
    expect(first.id).toMatch(/^ses_[0-9a-f]{32}$/);
    expect(second.id).not.toBe(first.id);
    expect(second.view()).toMatchObject({
      id: second.id,
      state: 'new',
      pipeline: 'echo',
      created_at: '1970-01-01T00:00:00.000Z',
      transport: 'websocket',
      peer_id: 'bob',
      remote_address: null,
    });
    expect(JSON.parse(plane.opened[0]!.manifest)).toEqual(MANIFEST);
    expect(plane.opened[0]!.localUfrag).toBe(first.localUfrag);
    expect([...gateway.sessions.keys()]).toEqual([first.id, second.id]);
  });

  it('refuses when full, says when to come again, and has room again when a session closes', async () => {
    const first = gateway.createSession({ transport: 'whip' });
    gateway.createSession({ transport: 'whip' });
    expect(() => gateway.createSession({ transport: 'whip' })).toThrow(
      expect.objectContaining({ code: 'server_full', httpStatus: 503, retryAfterSeconds: 5 }),
    );
    await first.close();
    expect(() => gateway.createSession({ transport: 'whip' })).not.toThrow();
  });

  it('refuses while draining, and lets the running sessions be', () => {
    const session = gateway.createSession({ transport: 'whip' });
    gateway.drain();
    expect(() => gateway.createSession({ transport: 'whip' })).toThrow(
      expect.objectContaining({ code: 'draining' }),
    );
    expect(session.closeInfo).toBeNull();
  });

  it('names the pipelines there are when one does not exist', () => {
    expect(() => gateway.createSession({ transport: 'whip', pipeline: 'eco' })).toThrow(
      expect.objectContaining({ code: 'unknown_pipeline', hint: 'one of echo' }),
    );
    expect(() => create({ defaultPipeline: 'eco' })).toThrow(
      expect.objectContaining({ code: 'unknown_pipeline' }),
    );
  });

  it('passes on all complaints about a manifest, and holds no place for it', () => {
    const complaints = [{ path: 'nodes[0]', code: 'unknown_node', message: 'no', hint: 'yes' }];
    plane.refusal = { code: 'invalid_manifest', complaints };
    expect(() => gateway.createSession({ transport: 'whip', manifest: {} })).toThrow(
      expect.objectContaining({ code: 'invalid_manifest', httpStatus: 422, complaints }),
    );
    plane.refusal = { code: 'too_many_sessions' };
    expect(() => gateway.createSession({ transport: 'whip' })).toThrow(
      expect.objectContaining({ code: 'server_full' }),
    );
    expect(gateway.sessions.size).toBe(0);
  });

  it('is refused as unavailable when all media threads have failed', () => {
    plane.refusal = { code: 'media_thread_failed' };
    expect(() => gateway.createSession({ transport: 'whip' })).toThrow(
      expect.objectContaining({ code: 'runtime_unavailable', httpStatus: 503 }),
    );
  });

  it('tells the plane when a client counts as silent, where that is set', async () => {
    gateway.createSession({ transport: 'whip' });
    expect(plane.opened[0]).not.toHaveProperty('inactivityMs');
    await gateway.close();
    gateway = create({ inactivityMs: 2000 });
    gateway.createSession({ transport: 'whip' });
    expect(plane.opened[0]).toMatchObject({ inactivityMs: 2000 });
  });

  it('lists pipelines with their descriptions', () => {
    expect(gateway.pipelines).toEqual([{ name: 'echo', description: 'as it came', manifest: MANIFEST }]);
  });
});

describe('a session', () => {
  it('answers an offer once; a bad offer costs it nothing', async () => {
    const session = gateway.createSession({ transport: 'whip' });
    await expect(session.negotiate('nonsense')).rejects.toMatchObject({ code: 'malformed_sdp' });
    const answer = await session.negotiate(microphoneOffer());
    expect(answer).toContain(`a=ice-ufrag:${session.localUfrag}`);
    expect(answer).toContain('192.0.2.1 8189 typ host');
    expect(session.state).toBe('connecting');
    expect(session.remoteUfrag).toBe('Ab3/');
    await expect(session.negotiate(microphoneOffer())).rejects.toMatchObject({ code: 'already_negotiated' });
    expect(session.state).toBe('connecting');
  });

  it('of a pipeline without audio only listens', async () => {
    const manifest = { ...MANIFEST, metadata: { name: 'silent' } };
    const session = gateway.createSession({ transport: 'whip', manifest });
    expect(session.pipeline).toBeNull();
    expect(await session.negotiate(microphoneOffer())).toContain('a=recvonly');
  });

  it('announces its candidates after the answer, and their end', async () => {
    const session = gateway.createSession({ transport: 'websocket' });
    const candidates: unknown[] = [];
    session.on('candidate', (candidate) => candidates.push(candidate));
    await session.negotiate(microphoneOffer());
    expect(candidates).toEqual([]);
    await vi.waitFor(() => expect(candidates).toHaveLength(2));
    expect(candidates[0]).toMatchObject({
      sdpMid: '0',
      sdpMLineIndex: 0,
      usernameFragment: session.localUfrag,
    });
    expect(candidates[1]).toBeNull();
  });

  it('takes candidates before and after its offer, refuses what is none, and no more than a client has', async () => {
    const session = gateway.createSession({ transport: 'whip' });
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.9 4000 typ host' };
    await session.addIceCandidate(candidate);
    await session.addIceCandidate(null);
    await session.negotiate(microphoneOffer());
    await session.addIceCandidate({ candidate: '' });
    await expect(session.addIceCandidate({ candidate: 'x' })).rejects.toMatchObject({
      code: 'malformed_candidate',
    });
    const flood = async () => {
      for (let i = 0; i < 200; i++) await session.addIceCandidate(candidate);
    };
    await expect(flood()).rejects.toMatchObject({ code: 'too_many_candidates' });
  });

  it('without an offer in time is closed', async () => {
    const session = gateway.createSession({ transport: 'websocket' });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(session.closeInfo).toMatchObject({ reason: 'client', code: 'negotiation_timeout' });
    expect(gateway.sessions.size).toBe(0);
    expect(plane.live.size).toBe(0);
  });

  it('gives the events of its nodes with its own name and number, and the address of an utterance', () => {
    const session = gateway.createSession({ transport: 'websocket' });
    const events: SessionEvent[] = [];
    session.on('event', (event) => events.push(event));
    const utterance = {
      handle: 1,
      nodeId: 'cut',
      index: 0,
      sampleRate: 16_000,
      samples: Int16Array.of(1, 2, 3),
    };
    plane.deliver({
      utterances: [utterance],
      events: [
        { handle: 1, json: '{"type":"speech_stopped","node_id":"vad"}' },
        { handle: 1, json: '{"type":"utterance","node_id":"cut","index":0}' },
        { handle: 99, json: '{"type":"utterance","node_id":"cut","index":0}' },
      ],
    });
    expect(events).toEqual([
      { type: 'speech_stopped', node_id: 'vad', seq: 0, session_id: session.id },
      {
        type: 'utterance',
        node_id: 'cut',
        index: 0,
        seq: 1,
        session_id: session.id,
        url: `/api/v1/sessions/${session.id}/utterances/0.wav`,
      },
    ]);
    expect(session.utterance(0)).toHaveLength(44 + 6);
    expect(session.utterance(1)).toBeUndefined();
    expect(session.utterances()).toEqual([{ index: 0, sampleRate: 16_000, durationMs: 3 / 16 }]);
  });

  it('gives the address of evidence whose audio was kept, and none of the other', () => {
    const session = gateway.createSession({ transport: 'websocket' });
    const events: SessionEvent[] = [];
    session.on('event', (event) => events.push(event));
    const clip = { handle: 1, nodeId: 'evidence', index: 0, sampleRate: 16_000, samples: Int16Array.of(1) };
    plane.deliver({
      utterances: [clip],
      events: [
        { handle: 1, json: '{"type":"audio_evidence","node_id":"evidence","index":0,"has_audio":true}' },
        { handle: 1, json: '{"type":"audio_evidence","node_id":"places","index":0,"has_audio":false}' },
      ],
    });
    const url = `/api/v1/sessions/${session.id}/utterances/0.wav`;
    expect(events.map((event) => event['url'])).toEqual([url, null]);
    expect(session.utterance(0)).toHaveLength(44 + 2);
  });

  it('closes once, tells why, and is refused afterwards', async () => {
    const session = gateway.createSession({ transport: 'whip' });
    const seen: unknown[] = [];
    session.on('event', ({ type, code }) => seen.push([type, code]));
    session.on('state', (state) => seen.push(state));
    session.on('closed', ({ code }) => seen.push(code));
    const first = session.close({ code: 'deleted' });
    expect(session.close({ code: 'shutdown' })).toBe(first);
    await first;
    expect(seen).toEqual([['session_closed', 'deleted'], 'closed', 'deleted']);
    expect(session.listenerCount('event')).toBe(0);
    await expect(session.negotiate(microphoneOffer())).rejects.toMatchObject({
      code: 'session_closed',
      httpStatus: 410,
    });
    await expect(session.addIceCandidate(null)).rejects.toMatchObject({ code: 'session_closed' });
    expect(session.view().state).toBe('closed');
  });

  it('is lost alone when what came up for it cannot be handled', async () => {
    const broken = gateway.createSession({ transport: 'whip' });
    const other = gateway.createSession({ transport: 'whip' });
    plane.deliver({ events: [{ handle: 1, json: '{' }] });
    await vi.waitFor(() => expect(broken.state).toBe('closed'));
    expect(broken.closeInfo).toMatchObject({ reason: 'gateway', code: 'media_failed' });
    expect(other.closeInfo).toBeNull();
  });

  it('does not mind a listener that throws', async () => {
    const session = gateway.createSession({ transport: 'whip' });
    session.on('event', () => {
      throw new Error('a listener of the caller');
    });
    plane.deliver({ events: [{ handle: 1, json: '{"type":"gap","node_id":null}' }] });
    expect(session.closeInfo).toBeNull();
  });
});

describe('close', () => {
  it('closes every session and the plane, and accepts no more', async () => {
    const session = gateway.createSession({ transport: 'whip' });
    await gateway.close();
    expect(session.closeInfo).toMatchObject({ reason: 'gateway', code: 'shutdown' });
    expect(plane.live.size).toBe(0);
    expect(plane.closed).toBe(true);
    expect(() => gateway.createSession({ transport: 'whip' })).toThrow(
      expect.objectContaining({ code: 'draining' }),
    );
  });
});
