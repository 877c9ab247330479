/** Both media planes, driven by a peer of their own choosing: the same packets give the same answers, counters and events. */
import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import {
  batches,
  echo,
  events,
  FRAME,
  manifest,
  open,
  peerOf,
  plane,
  play,
  playing,
  silence,
  speech,
} from './support/conversation.js';
import { PLANES } from './support/planes.js';
import { emptyReport } from './support/raw-peer.js';
import { until } from './support/werift-client.js';

/** What each plane told, for the comparison at the end: events of speech, names and types of statistics. */
const heard = new Map<string, Record<string, unknown>[]>();
const shapes = new Map<string, unknown>();
/** What a conversation cost, with every time taken out. */
const costs = new Map<string, unknown>();

/** The same with the name of its type in place of everything that is not counted but timed. */
function untimed(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return key === 'counts' ? value.length : value.map((one) => untimed(one));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, untimed(inner, name)]));
  return /_(us|ms)$|^sum_s$|^real_time_factor$|overruns$/.test(key) ? typeof value : value;
}

describe.each(PLANES)('the %s plane', (name, create) => {
  it.each([1, 7])('echoes audio in order, with profile %i', async (profile) => {
    open(create);
    const peer = await playing(echo, { profile });
    await play(peer, speech.slice(0, 60), 65_500);
    await until(() => peer.rtp.length === 60, 'every packet comes back');
    const sequences = peer.rtp.map((packet) => packet.readUInt16BE(2));
    expect(sequences).toEqual(sequences.map((_, n) => (sequences[0]! + n) & 0xffff));
    const timestamps = peer.rtp.map((packet) => packet.readUInt32BE(4));
    expect(timestamps).toEqual(timestamps.map((_, n) => (timestamps[0]! + n * FRAME) >>> 0));
    for (const packet of peer.rtp) expect([packet[1]! & 0x7f, packet.readUInt32BE(8)]).toEqual([111, 77]);
    expect(plane.stats(peer.handle)).toMatchObject({
      packets_received: 60,
      packets_sent: 60,
      packets_lost: 0,
      frames_decoded: 60,
      frames_concealed: 0,
      decode_errors: 0,
      media_time_ms: 1200,
      gateway_latency_us: { count: 60 },
    });
    await until(() => peer.rtcp.length > 0, 'a report comes');
  });

  it('conceals what is lost, and says so', async () => {
    open(create);
    const peer = await playing(echo);
    await play(peer, speech.slice(0, 20));
    await play(peer, speech.slice(22, 40), 22);
    await until(() => peer.rtp.length === 40, 'the gap is filled');
    expect(plane.stats(peer.handle)).toMatchObject({ packets_lost: 2, frames_concealed: expect.any(Number) });
    expect(plane.stats(peer.handle).frames_concealed + plane.stats(peer.handle).frames_fec).toBe(2);
    await until(() => events().some(({ type }) => type === 'gap'), 'the gap is told');
    expect(events().find(({ type }) => type === 'gap')).toMatchObject({
      media_time_ms: 400,
      duration_ms: 40,
      cause: 'loss',
    });
  });

  it('hears where the speech is, and gives its audio', async () => {
    open(create);
    const peer = await playing(
      manifest(
        [
          { id: 'vad', node_type: 'SileroVADNode' },
          { id: 'utterances', node_type: 'UtteranceSegmenterNode' },
        ],
        [{ from: 'vad', to: 'utterances' }],
      ),
    );
    await play(peer, speech.slice(0, 480));
    plane.endInput(peer.handle, 'flush');
    const of = (...types: string[]) => events().filter(({ type }) => types.includes(type));
    const isOver = () =>
      of('utterance').length > 1 && of('speech_started').length === of('speech_stopped').length;
    await until(isOver, 'speech is found and ended');
    heard.set(name, of('speech_started', 'speech_stopped', 'utterance'));
    const utterances = batches.flatMap((batch) => batch.utterances);
    expect(utterances.map(({ index, nodeId }) => [index, nodeId])).toEqual(
      utterances.map((_, n) => [n, 'utterances']),
    );
    for (const { samples } of utterances) expect(samples.length).toBeGreaterThan(8000);
  });

  it('ends the input of a peer that falls silent, and works on when it comes back', async () => {
    open(create);
    const peer = await playing(manifest([{ id: 'level', node_type: 'AudioLevelNode' }]), {
      inactivityMs: 60,
    });
    await play(peer, speech.slice(0, 5));
    plane.endInput(peer.handle, 'mute');
    await play(peer, speech.slice(5, 10), 5);
    expect(plane.stats(peer.handle)).toMatchObject({ packets_received: 10, restarts: 0 });
  });

  it('refuses replays, forgeries and plain RTCP, each with a counter, and no forgery leaves a trace', async () => {
    open(create);
    const peer = await playing(echo);
    const refused = () => plane.stats(peer.handle).packets_refused;
    const good = peer.sealRtp(1, silence);
    for (let i = 0; i < 3; i++) peer.send(good);
    const tampered = Buffer.from(peer.sealRtp(2, silence));
    tampered[20]! ^= 1;
    peer.send(tampered);
    for (let ssrc = 1; ssrc <= 100; ssrc++) {
      const forged = Buffer.concat([Buffer.alloc(12), silence, Buffer.alloc(16)]);
      forged.writeUInt16BE(0x806f, 0);
      forged.writeUInt32BE(ssrc, 8);
      peer.send(forged);
    }
    const plain = Buffer.from(peer.sealRtcp(emptyReport()));
    plain[plain.length - 4]! &= 0x7f;
    peer.send(plain);
    peer.send(Buffer.from([0x80, 0x6f, 0, 1]));
    await until(() => (refused()['srtp_malformed'] ?? 0) === 1, 'all of it was read');
    expect(refused()).toMatchObject({
      srtp_replayed: 2,
      srtp_unauthentic: 101,
      srtp_not_encrypted: 1,
      srtp_too_many_streams: 0,
    });
    await play(peer, [silence, silence], 10);
    expect(plane.stats(peer.handle).packets_received).toBe(3);
  });

  it('counts what belongs to nobody, by reason', async () => {
    open(create);
    const peer = await peerOf(echo);
    const stranger = createSocket('udp4');
    const send = (data: Uint8Array) => stranger.send(data, plane.port, '127.0.0.1');
    send(peer.sealRtp(1, silence));
    send(Buffer.alloc(1501, 0x80));
    send(Buffer.from([99, 1, 2]));
    send(Buffer.from([0, 1, 2, 3]));
    send(peer.stunRequest('nobody'));
    send(Buffer.from([22, 254, 253]));
    const dropped = () => plane.planeStats().datagrams_dropped;
    await until(() => plane.planeStats().datagrams_received === 6, 'all of it was read');
    expect(dropped()).toMatchObject({ unknown_source: 2, oversize: 1, malformed: 2, unknown_ufrag: 1 });
    stranger.close();
  });

  it('takes STUN up by its fragment, then DTLS by its address, and media only after the start', async () => {
    open(create);
    const peer = await peerOf(echo);
    peer.send(peer.stunRequest());
    peer.send(Buffer.from([22, 254, 253, 1]));
    const datagrams = () => batches.flatMap((batch) => batch.datagrams);
    await until(() => datagrams().length === 2, 'both come up');
    expect(datagrams().map(({ data, ...rest }) => ({ ...rest, first: data[0] }))).toMatchObject([
      { handle: peer.handle, address: '127.0.0.1', port: peer.port, first: 0 },
      { handle: peer.handle, address: '127.0.0.1', port: peer.port, first: 22 },
    ]);
    plane.sendDatagram(peer.handle, Buffer.from([22, 1, 2]), '127.0.0.1', peer.port);
    await until(() => peer.other.length === 1, 'the answer arrives');
    peer.send(peer.sealRtp(1, silence));
    await until(() => plane.planeStats().datagrams_dropped['media_not_started'] === 1, 'media is too early');
    peer.start();
    await peer.ready();
    await play(peer, [silence, silence], 2);
  });

  it('survives a flood of garbage on every door', async () => {
    open(create);
    const peer = await playing(echo);
    let seed = 1;
    const byte = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed >>> 24;
    };
    for (let n = 0; n < 600; n++) {
      const garbage = Buffer.from(Array.from({ length: byte() }, byte));
      peer.send(garbage);
      // Well protected, and nonsense beneath: only the session can tell.
      const header = Buffer.from([
        0x80 | (byte() & 0x3f),
        200 + (byte() % 8),
        0,
        byte() % 8,
        0,
        0,
        0xca,
        0xfe,
      ]);
      peer.send(peer.sealRtcp(Buffer.concat([header, garbage])));
      peer.send(peer.sealRtp(2 * n, garbage.length === 0 ? silence : garbage));
      if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await play(
      peer,
      Array.from({ length: 20 }, () => silence),
      1300,
    );
    expect(batches.flatMap((batch) => batch.closed)).toEqual([]);
    expect(plane.stats(peer.handle).decode_errors).toBeGreaterThan(0);
  });

  it('loses the session whose node fails, and no other', async () => {
    open(create);
    const faulty = await playing(
      manifest([
        {
          id: 'fault',
          node_type: 'FaultNode',
          params: { after_ms: 100 },
          execution: { on_error: 'fail_session' },
        },
      ]),
    );
    const other = await playing(echo);
    for (let n = 0; n < 10; n++) faulty.send(faulty.sealRtp(n, silence));
    const closed = () => batches.flatMap((batch) => batch.closed);
    await until(() => closed().length > 0, 'it is told');
    expect(closed()).toEqual([
      { handle: faulty.handle, code: 'graph_failed', message: expect.stringContaining('fault') },
    ]);
    expect(plane.stats(faulty.handle).media_time_ms).toBeGreaterThanOrEqual(100);
    await play(other, [silence, silence]);
    plane.closeSession(faulty.handle);
    expect(plane.planeStats().sessions).toBe(1);
  });

  it('follows its peer to another address when it is told to, and not before', async () => {
    open(create);
    const peer = await playing(echo);
    const moved = createSocket('udp4');
    await new Promise<void>((resolve) => moved.bind(0, '127.0.0.1', resolve));
    let packets = 0;
    moved.on('message', () => packets++);
    moved.send(peer.sealRtp(1, silence), plane.port, '127.0.0.1');
    await until(() => plane.planeStats().datagrams_dropped['unknown_source'] === 1, 'it is not known there');
    plane.setRemoteAddress(peer.handle, '127.0.0.1', moved.address().port);
    await until(() => {
      moved.send(peer.sealRtp(2 + packets, silence), plane.port, '127.0.0.1');
      return packets > 2;
    }, 'audio goes to the new address');
    moved.close();
  });

  it('tells the same mistakes by the same codes', async () => {
    open(create, { maxSessions: 2 });
    const peer = await peerOf(echo);
    const codeOf = (action: () => unknown) => {
      try {
        action();
        return undefined;
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    const another = { localUfrag: 'abcd', manifest: JSON.stringify(echo) };
    const { handle } = peer;
    expect([
      codeOf(() => plane.openSession({ ...another, localUfrag: peer.ufrag })),
      codeOf(() => plane.openSession({ ...another, localUfrag: 'a b' })),
      codeOf(() => plane.openSession({ ...another, inactivityMs: -1 })),
      codeOf(() => plane.openSession({ ...another, encoder: { complexity: 11 } })),
      codeOf(() => plane.openSession({ ...another, manifest: '{"version":"v1","nodes":[]}' })),
      codeOf(() => plane.endInput(handle, 'flush')),
      codeOf(() => plane.flushAudio(handle)),
      codeOf(() => plane.setNodeState(handle, 'nobody', 'bypass')),
      codeOf(() => plane.setNodeState(handle, 'echo', 'off' as never)),
      codeOf(() => plane.setNodeState(99, 'echo', 'bypass')),
      codeOf(() => plane.tap(handle, 'nobody', true)),
      codeOf(() => plane.tap(99, 'echo', true)),
      codeOf(() => plane.startMedia(handle + 1, {} as never)),
      codeOf(() => peer.start({ profile: 2 })),
      codeOf(() => peer.start({ localKey: new Uint8Array(3) })),
      codeOf(() => peer.start({ remoteAddress: 'here' })),
      codeOf(() => peer.start({ remoteAddress: '0.0.0.0' })),
      codeOf(() => peer.start({ remotePort: 0 })),
      codeOf(() => peer.start({ sendPayloadType: 128 })),
      codeOf(() => peer.start()),
      codeOf(() => peer.start()),
      codeOf(() => plane.setRemoteAddress(handle, 'there', 1)),
      codeOf(() => plane.sendDatagram(handle, Buffer.alloc(1), '::', 1)),
      codeOf(() => plane.stats(99)),
      codeOf(() => plane.metrics(99)),
      codeOf(() => plane.openSession(another)),
      codeOf(() => plane.openSession({ ...another, localUfrag: 'efgh' })),
      codeOf(() => create({ bindAddress: '127.0.0.1', port: plane.port }, () => {})),
      codeOf(() => create({ bindAddress: 'nowhere' }, () => {})),
      codeOf(() => create({ maxSessions: 0 }, () => {})),
    ]).toEqual([
      'duplicate_ufrag',
      'invalid_options',
      'invalid_options',
      'invalid_options',
      'invalid_manifest',
      'media_not_started',
      'media_not_started',
      'unknown_node',
      'invalid_options',
      'unknown_handle',
      'unknown_node',
      'unknown_handle',
      expect.stringMatching(/unknown_handle|invalid|Invalid/),
      'unsupported_profile',
      'invalid_keys',
      'invalid_address',
      'invalid_address',
      'invalid_options',
      'invalid_options',
      undefined,
      'media_already_started',
      'invalid_address',
      'invalid_address',
      'unknown_handle',
      'unknown_handle',
      undefined,
      'too_many_sessions',
      'bind_failed',
      'invalid_address',
      'invalid_options',
    ]);
    plane.close();
    plane.close();
    expect(codeOf(() => plane.openSession(another))).toBe('plane_closed');
    const { dropped, ...lists } = plane.drain();
    expect([dropped, ...Object.values(lists).flat()]).toEqual([0]);
    expect(Object.keys(lists)).toHaveLength(8);
  });

  it('measures its sessions, and adds them up by the name of their pipeline', async () => {
    open(create);
    const graph = manifest(
      [
        { id: 'gain', node_type: 'GainNode' },
        { id: 'level', node_type: 'AudioLevelNode' },
      ],
      [{ from: 'gain', to: 'level' }],
    );
    const named = await playing(graph, { pipeline: 'meter' });
    const another = await playing(graph, { pipeline: 'meter' });
    const nameless = await playing(echo);
    await play(named, speech.slice(0, 20));
    await play(another, speech.slice(0, 10));
    await play(nameless, speech.slice(0, 5));
    const metrics = [named, another, nameless].map(({ handle }) => plane.metrics(handle)!);
    expect(metrics.map((it) => [it.pipeline_id, it.total_executions])).toEqual([
      ['meter', 40],
      ['meter', 20],
      [null, 10],
    ]);
    for (const { real_time_factor, total_duration_us, node_metrics } of metrics) {
      expect(real_time_factor).toBeGreaterThan(0);
      const inNodesNs = node_metrics.reduce(
        (sum, node) => sum + Math.round(node.total_duration_us * 1000),
        0,
      );
      expect(inNodesNs).toBeGreaterThan(0);
      expect(inNodesNs).toBeLessThanOrEqual(Math.round(total_duration_us * 1000));
    }
    const whileOpen = plane.totals();
    for (const { handle } of [named, nameless]) plane.closeSession(handle);
    await until(() => plane.planeStats().sessions_on_threads === 1, 'they have left');
    const closed = plane.totals();
    expect(closed).toEqual(whileOpen);
    expect(closed.pipelines.map(({ pipeline, duration }) => [pipeline, duration.count])).toEqual([
      [null, 10],
      ['meter', 60],
    ]);
    expect(closed.media).toMatchObject({ sessions: 3, packets_received: 35, packets_sent: 35 });
    expect(closed.media.gateway_latency.count).toBe(35);
    await play(another, speech.slice(10, 15), 10);
    expect(plane.totals().pipelines[1]!.duration.count).toBe(70);
    costs.set(name, untimed({ metrics, closed }));
    plane.close();
    expect(plane.totals().media.sessions).toBe(3);
  });

  it('keeps what a session cost that ended by itself', async () => {
    open(create);
    const node = { id: 'fault', node_type: 'FaultNode', params: { after_ms: 100 } };
    const peer = await playing(manifest([{ ...node, execution: { on_error: 'fail_session' } }]));
    for (let n = 0; n < 10; n++) peer.send(peer.sealRtp(n, silence));
    await until(() => batches.some(({ closed }) => closed.length > 0), 'it is told');
    const failed = { error_count: 1, success_count: 10 };
    expect(plane.metrics(peer.handle)).toMatchObject({ node_metrics: [failed] });
    plane.closeSession(peer.handle);
    expect(plane.totals().pipelines).toMatchObject([
      { pipeline: null, nodes: [{ node: 'FaultNode', errors: 1 }] },
    ]);
  });

  it('measures no pipeline where metrics are off, and counts packets all the same', async () => {
    open(create, { metrics: false });
    const peer = await playing(echo, { pipeline: 'echo' });
    await play(peer, [silence, silence]);
    expect(plane.metrics(peer.handle)).toBeNull();
    expect(plane.totals()).toMatchObject({ pipelines: [], media: { packets_received: 2 } });
  });

  it('tells its statistics', async () => {
    open(create);
    const peer = await playing(echo);
    await play(peer, [silence, silence]);
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
        : value === null || typeof value === 'number'
          ? 'number'
          : typeof value;
    shapes.set(name, { session: shape(plane.stats(peer.handle)), plane: shape(plane.planeStats()) });
  });
});

it('both planes hear the same speech, at the same time within a frame', () => {
  const [native, wasm] = ['native', 'wasm'].map((name) => heard.get(name)!);
  expect(native!.length).toBeGreaterThan(4);
  expect(wasm!.map(({ type }) => type)).toEqual(native!.map(({ type }) => type));
  for (const [n, event] of native!.entries())
    for (const time of ['media_time_ms', 'detected_at_ms'])
      expect(
        Math.abs(Number(wasm![n]![time]) - Number(event[time])),
        `${event['type']} ${time}`,
      ).toBeLessThanOrEqual(10);
});

it('both planes tell the same statistics', () => {
  expect(shapes.get('wasm')).toEqual(shapes.get('native'));
});

it('both planes count the same in their metrics', () => {
  expect(costs.get('wasm')).toEqual(costs.get('native'));
});
