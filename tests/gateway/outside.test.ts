/** Nodes in JavaScript in live sessions, over each media plane: libwebrtc speaks, and hears and reads what they make of it. */
import { createGateway, type Gateway, type ManifestSource, type Session } from '@remotemedia/gateway';
import { chooseRuntime, defineNode, hostOf, type Item, NodeFailure } from '@remotemedia/pipeline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';
import { LibwebrtcClient, type LibwebrtcOptions } from './support/libwebrtc-client.js';
import { Microphone, tone } from './support/microphone.js';
import { PLANES } from './support/planes.js';
import { ToneListener } from './support/tone-listener.js';
import { until } from './support/werift-client.js';

/** How long answers have on this machine, which runs the clients too. */
const PATIENCE_MS = 100;

/** Half as loud, frame by frame. */
const halving = defineNode({
  type: 'Halving',
  summary: 'Half as loud.',
  takes: ['audio'],
  gives: ['audio'],
  create: () => ({
    frame: (planes: Float32Array[]) => {
      for (const plane of planes) for (let n = 0; n < plane.length; n++) plane[n]! *= 0.5;
    },
  }),
});

/** Takes its first frame and is never heard of again. */
const stuck = defineNode({
  type: 'Stuck',
  summary: 'Never answers.',
  takes: ['audio'],
  gives: ['audio'],
  create: () => ({ process: () => new Promise<undefined>(() => {}) }),
});

const failing = defineNode({
  type: 'Failing',
  summary: 'Fails in every frame.',
  takes: ['audio'],
  gives: ['audio'],
  create: () => ({
    process: () => {
      throw new NodeFailure('permanent', 'no_licence', 'the licence has expired');
    },
  }),
});

/** What a node for speech recognition does, but for the recognition. */
const writing = defineNode({
  type: 'Writing',
  summary: 'Writes down what is said.',
  takes: ['event', 'value'],
  gives: ['value'],
  create: () => ({
    async process(item: Item) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (item.kind === 'value') return { kind: 'value', value: `asked: ${item.value}` } as const;
      if (item.kind !== 'event' || item.event.type !== 'utterance' || !item.audio) return undefined;
      const seconds = item.audio.planes[0]!.length / item.audio.sampleRate;
      return { kind: 'value', value: { text: `${seconds.toFixed(2)} s of speech` } } as const;
    },
  }),
});

/** Measures what it hears of the microphone, and says so in words once a second. */
const listening = defineNode({
  type: 'Listening',
  summary: 'Says how loud it is.',
  takes: ['audio'],
  gives: ['value'],
  create: () => {
    let sum = 0;
    let count = 0;
    return {
      process(item: Item) {
        if (item.kind !== 'audio') return undefined;
        for (const sample of item.planes[0]!) sum += sample * sample;
        count += item.planes[0]!.length;
        if (count < item.sampleRate) return undefined;
        const rms = Math.sqrt(sum / count);
        [sum, count] = [0, 0];
        return { kind: 'value', value: { rms } } as const;
      },
    };
  },
});

function manifest(nodes: object[], connections: object[] = []): ManifestSource {
  return { version: 'v1', metadata: { name: 'test' }, nodes, connections };
}

/** A node of this type between two of the graph. */
function between(node_type: string, execution: object): ManifestSource {
  return manifest(
    [
      { id: 'before', node_type: 'GainNode' },
      { id: 'outside', node_type, execution: { patience_ms: PATIENCE_MS, ...execution } },
      { id: 'after', node_type: 'GainNode' },
    ],
    [
      { from: 'before', to: 'outside' },
      { from: 'outside', to: 'after' },
    ],
  );
}

const PIPELINES = new Map([
  ['echo', manifest([{ id: 'echo', node_type: 'PassThrough' }])],
  ['halving', between('Halving', {})],
  ['stuck', between('Stuck', { on_error: 'bypass' })],
  ['muted', between('Failing', { on_error: 'mute' })],
  ['alone', manifest([{ id: 'outside', node_type: 'Halving', execution: { patience_ms: PATIENCE_MS } }])],
  ['listening', manifest([{ id: 'outside', node_type: 'Listening' }])],
  ['fatal', between('Failing', { on_error: 'fail_session' })],
  [
    'writing',
    manifest(
      [
        { id: 'vad', node_type: 'SileroVADNode' },
        { id: 'cut', node_type: 'UtteranceSegmenterNode' },
        { id: 'writer', node_type: 'Writing' },
      ],
      [
        { from: 'vad', to: 'cut' },
        { from: 'cut', to: 'writer' },
      ],
    ),
  ],
]);

describe.each(PLANES)('a node outside, in a live session on the %s plane', (runtime, create) => {
  let gateway: Gateway;
  const clients: LibwebrtcClient[] = [];
  const microphones: Microphone[] = [];

  beforeEach(() => {
    gateway = createGateway(
      {
        plane: { bindAddress: '127.0.0.1', port: 0, threads: 1 },
        pipelines: PIPELINES,
        defaultPipeline: 'echo',
        nodes: [hostOf([halving, stuck, failing, writing, listening])],
      },
      { createPlane: create, runtime, planner: chooseRuntime({ wanted: runtime }).offline },
    );
  });

  afterEach(async () => {
    for (const microphone of microphones.splice(0)) microphone.stop();
    for (const client of clients.splice(0)) client.close();
    await gateway.close();
  });

  async function start(
    pipeline: string,
    sample: (index: number) => number,
    options: LibwebrtcOptions = {},
  ): Promise<{ session: Session; client: LibwebrtcClient }> {
    const client = new LibwebrtcClient(options);
    clients.push(client);
    microphones.push(new Microphone(client, sample));
    const session = gateway.createSession({ transport: 'websocket', pipeline });
    await client.connect(session);
    await until(() => session.state === 'connected', 'the session connects');
    return { session, client };
  }

  /** A session that is sent the tone, and how loud it comes back. */
  async function ringing(pipeline: string) {
    const listener = new ToneListener();
    const started = await start(pipeline, tone, listener);
    return { ...started, comesAt: (level: number) => listener.comesAt(level) };
  }

  const of = (client: LibwebrtcClient, type: string) =>
    client.events.filter((event) => event['type'] === type);
  const nodeOf = (session: Session, id = 'outside') =>
    session.metrics()!.node_metrics.find(({ node_id }) => node_id === id)!;

  it('changes the audio within its patience, and is switched off and on', async () => {
    const { session, comesAt } = await ringing('halving');
    await comesAt(4000);
    session.setNodeState('outside', 'bypass');
    await comesAt(8000);
    session.setNodeState('outside', 'enabled');
    await comesAt(4000);
    session.setNodeState('outside', 'disabled');
    await comesAt(0);
    const { execution_count, error_count, late_count } = nodeOf(session);
    expect(execution_count).toBeGreaterThan(50);
    expect(error_count).toBe(0);
    // Those that the machine held up, and the first after each time that it was off.
    expect(late_count).toBeLessThan(execution_count / 2);
  });

  it('may be all that there is', async () => {
    const { session, comesAt } = await ringing('alone');
    await comesAt(4000);
    expect(nodeOf(session).error_count).toBe(0);
  });

  it('is in the totals under the name of its pipeline, also when its session is gone', async () => {
    const { session, comesAt } = await ringing('alone');
    await comesAt(4000);
    const calls = () => gateway.totals().calls.map(({ duration, ...labels }) => ({ ...labels, ...duration }));
    const [open, ...others] = calls();
    expect(open).toMatchObject({ pipeline: 'alone', node: 'outside' });
    expect(open!.count).toBeGreaterThan(0);
    expect(others).toEqual([]);
    await session.close();
    expect(gateway.sessions.size).toBe(0);
    const [closed] = calls();
    expect(closed!.count).toBeGreaterThanOrEqual(open!.count);
    expect(closed!.sum_s).toBeGreaterThanOrEqual(open!.sum_s);
  });

  it('may only listen, alone with the microphone', async () => {
    const { client } = await start('listening', tone);
    await until(() => of(client, 'node_output').length > 1, 'it says how loud it is');
    const { rms } = of(client, 'node_output').at(-1)!['value'] as { rms: number };
    expect(rms * 32_768).toBeGreaterThan(0.9 * 8000 * Math.SQRT1_2);
    expect(rms * 32_768).toBeLessThan(1.1 * 8000 * Math.SQRT1_2);
  });

  it('is gone around where it hangs, which delays nobody', async () => {
    const { session, comesAt } = await ringing('stuck');
    const neighbour = await ringing('echo');
    await comesAt(8000);
    await neighbour.comesAt(8000);
    await until(() => nodeOf(session).late_count! > 50, 'the audio stands in for its answers');
    for (const statistics of [session.statistics(), neighbour.session.statistics()])
      expect(statistics.gateway_latency_us.p50).toBeLessThan(5000);
    expect(session.closeInfo).toBeNull();
  });

  it('is muted where it fails, which is told once a second and not in every frame', async () => {
    const { session, client, comesAt } = await ringing('muted');
    await comesAt(0);
    await until(() => of(client, 'node_error').length > 0, 'it is told');
    expect(of(client, 'node_error')[0]).toMatchObject({
      node_id: 'outside',
      code: 'no_licence',
      error_class: 'permanent',
      policy: 'mute',
      times: 1,
    });
    await until(() => nodeOf(session).error_count >= 5, 'it fails on');
    await until(
      () => of(client, 'node_error').some(({ code }) => code === 'circuit_open'),
      'it is left alone',
    );
    expect(of(client, 'node_error').length).toBeLessThan(20);
    expect(nodeOf(session)).toMatchObject({ circuit: 'open', error_count: 5 });
  });

  it('ends its session where that is its policy, and no other', async () => {
    const other = gateway.createSession({ transport: 'whip' });
    const { session, client } = await start('fatal', tone);
    await until(() => of(client, 'session_closed').length > 0, 'the session closes');
    expect(session.closeInfo).toMatchObject({ reason: 'pipeline', code: 'node_failed' });
    expect(session.closeInfo!.message).toContain('outside: the licence has expired');
    expect(of(client, 'node_error')[0]).toMatchObject({ policy: 'fail_session' });
    expect(other.closeInfo).toBeNull();
  });

  it('writes down utterances, which its client reads and others can listen to and ask for', async () => {
    const { samples } = loadFixture('speech');
    const { session, client } = await start('writing', (index) => 32_767 * (samples[index] ?? 0));
    const heard: unknown[] = [];
    session.subscribe('writer.out', (message) => heard.push(message));
    await until(() => of(client, 'node_output').length > 0, 'the text comes', 20_000);
    const [text] = of(client, 'node_output');
    expect(text).toMatchObject({ node_id: 'writer', kind: 'value', session_id: session.id });
    expect((text!['value'] as { text: string }).text).toMatch(/^\d\.\d\d s of speech$/);
    expect(heard[0]).toEqual({ kind: 'json', value: text!['value'] });
    expect(client.events.map(({ seq }) => seq)).toEqual(client.events.map((_, index) => index));

    await session.publish('writer.in', { kind: 'text', text: '' });
    await until(() => heard.some((message) => (message as { kind: string }).kind === 'text'), 'it answers');
    expect(heard.at(-1)).toEqual({ kind: 'text', text: 'asked: ' });
    for (const [topic, code] of [
      ['vad.in', 'node_takes_no_messages'],
      ['nobody.in', 'unknown_node'],
      ['writer', 'invalid_topic'],
    ] as const)
      await expect(session.publish(topic, { kind: 'text', text: 'x' })).rejects.toMatchObject({ code });
    await expect(session.publish('vad.in', { kind: 'text', text: 'x' })).rejects.toThrow(
      /^node vad works on/,
    );
  });

  it('is listened in on', async () => {
    const { session, comesAt } = await ringing('halving');
    const loudest: number[] = [];
    const listening = session.subscribe(
      'outside.out',
      (message) => {
        if (message.kind === 'audio') loudest.push(Math.max(...message.samples));
      },
      { audio: true },
    );
    await comesAt(4000);
    await until(() => loudest.length > 100, 'a second is heard');
    expect(Math.max(...loudest.slice(-20))).toBeCloseTo(4000 / 32_768, 1);
    listening.close();
    const before = loudest.length;
    expect(await session.flushAudio()).toBeGreaterThanOrEqual(0);
    expect(loudest.length - before).toBeLessThan(5);
  });

  it('is not to be named by its file in a manifest of a client', () => {
    const foreign = manifest([{ id: 'x', node_type: 'X', module: './x.js' }]);
    expect(() => gateway.createSession({ transport: 'whip', manifest: foreign })).toThrow(
      expect.objectContaining({ code: 'module_not_allowed' }),
    );
  });
});
