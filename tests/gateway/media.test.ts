/** Live sessions over each media plane: libwebrtc sends real audio, and hears and reads what comes of it. */
import {
  createGateway,
  type Gateway,
  GatewayError,
  type ManifestSource,
  type Session,
} from '@remotemedia/gateway';
import type { MediaPlane } from '@remotemedia/native-dsp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';
import { LibwebrtcClient, type LibwebrtcOptions } from './support/libwebrtc-client.js';
import { amplitudeOfTone, Microphone, RATE, tone } from './support/microphone.js';
import { PLANES } from './support/planes.js';
import { until } from './support/werift-client.js';

/** Not the default. */
const INACTIVITY_MS = 1200;

function manifest(nodes: object[], connections: object[] = []): ManifestSource {
  return { version: 'v1', metadata: { name: 'test' }, nodes, connections };
}

const PIPELINES = new Map([
  ['echo', manifest([{ id: 'echo', node_type: 'PassThrough' }])],
  ['meter', manifest([{ id: 'level', node_type: 'AudioLevelNode' }])],
  [
    'faulty',
    manifest([
      {
        id: 'fault',
        node_type: 'FaultNode',
        params: { after_ms: 200 },
        execution: { on_error: 'fail_session' },
      },
    ]),
  ],
  [
    'cut',
    manifest(
      [
        { id: 'vad', node_type: 'SileroVADNode' },
        { id: 'utterances', node_type: 'UtteranceSegmenterNode' },
      ],
      [{ from: 'vad', to: 'utterances' }],
    ),
  ],
]);

describe.each(PLANES)('a live session on the %s plane', (runtime, create) => {
  let gateway: Gateway;
  let plane: MediaPlane;
  let client: LibwebrtcClient;
  let microphone: Microphone;

  beforeEach(() => {
    gateway = createGateway(
      {
        plane: { bindAddress: '127.0.0.1', port: 0, threads: 1 },
        pipelines: PIPELINES,
        defaultPipeline: 'echo',
        inactivityMs: INACTIVITY_MS,
      },
      {
        createPlane: (options, wake) => {
          plane = create(options, wake);
          return plane;
        },
        runtime,
      },
    );
  });

  afterEach(async () => {
    microphone?.stop();
    client?.close();
    await gateway.close();
  });

  async function start(
    pipeline: string,
    sample: (index: number) => number,
    options: LibwebrtcOptions = {},
  ): Promise<Session> {
    client = new LibwebrtcClient(options);
    microphone = new Microphone(client, sample);
    const session = gateway.createSession({ transport: 'websocket', pipeline });
    await client.connect(session);
    await until(() => session.state === 'connected', 'the session connects');
    return session;
  }

  it('sends back what it hears, at the level at which it came', async () => {
    const heard: number[] = [];
    const session = await start('echo', tone, { onAudio: (data) => heard.push(amplitudeOfTone(data)) });
    await until(
      () => heard.filter((amplitude) => amplitude > 6000).length >= 50,
      'half a second of the tone',
    );
    // The middle of them: what comes late on a busy machine, the client's jitter buffer fills as it likes.
    const steady = heard.slice(-30).sort((a, b) => a - b);
    expect(20 * Math.log10(steady[15]! / 8000)).toBeCloseTo(0, -0.5);
    const statistics = session.statistics();
    expect(statistics.packets_received).toBeGreaterThan(20);
    expect(statistics.packets_sent).toBeGreaterThan(20);
    expect(statistics).toMatchObject({ packets_lost: 0, packets_refused: {}, events_dropped: 0 });
    expect(statistics.gateway_latency_us.count).toBeGreaterThan(20);
    expect(statistics.gateway_latency_us.p50).toBeLessThan(5000);
  });

  it('reports on the data channel, numbered without a hole', async () => {
    await start('meter', tone);
    await until(
      () => client.events.filter((event) => event['type'] === 'audio_level').length >= 2,
      'two levels',
    );
    expect(client.events.map((event) => event['seq'])).toEqual(client.events.map((_, index) => index));
    expect(client.events[0]).toMatchObject({ type: 'session_started', runtime });
    const level = client.events.find(
      (event) => event['type'] === 'audio_level' && Number(event['media_time_ms']) > 0,
    );
    // A sine of amplitude 8000 of 32 768 has -15.3 dBFS RMS.
    expect(Number(level?.['rms_dbfs'])).toBeCloseTo(-15.3, 0);
  });

  it('closes alone, with the reason, when its pipeline fails', async () => {
    const other = gateway.createSession({ transport: 'whip' });
    const session = await start('faulty', tone);
    await until(() => session.state === 'closed', 'the session closes');
    expect(session.closeInfo).toMatchObject({ reason: 'pipeline', code: 'node_failed' });
    await until(
      () => client.events.some((event) => event['type'] === 'session_closed'),
      'the client is told',
    );
    expect(client.events.at(-1)).toMatchObject({ type: 'session_closed', code: 'node_failed' });
    expect(other.closeInfo).toBeNull();
    expect(gateway.sessions.size).toBe(1);
  });

  it('reports the utterance that its end cuts off, and keeps its audio', async () => {
    const { samples } = loadFixture('speech');
    // From just before the first word.
    const from = 0.7 * RATE;
    const session = await start('cut', (index) => 32_767 * (samples[from + index] ?? 0));
    await until(() => client.events.some((event) => event['type'] === 'speech_started'), 'speech starts');
    await session.close();
    await until(() => client.events.at(-1)?.['type'] === 'session_closed', 'session_closed arrives');
    const types = client.events.map((event) => event['type']);
    expect(types.filter((type) => type !== 'gap').slice(-3)).toEqual([
      'speech_stopped',
      'utterance',
      'session_closed',
    ]);
    const utterance = client.events.find((event) => event['type'] === 'utterance');
    expect(utterance?.['url']).toBe(`/api/v1/sessions/${session.id}/utterances/0.wav`);
    expect(session.utterance(0)!.length).toBeGreaterThan(44 + 2000);
  });

  it('waits for packets as long as it is told before it ends the speech', async () => {
    const { samples } = loadFixture('speech');
    await start('cut', (index) => 32_767 * (samples[0.7 * RATE + index] ?? 0));
    const stopped = () => client.events.find((event) => event['type'] === 'speech_stopped');
    await until(() => client.events.some((event) => event['type'] === 'speech_started'), 'speech starts');
    microphone.stop();
    const silentSince = performance.now();
    await until(() => stopped() !== undefined, 'speech is ended');
    expect(stopped()).toMatchObject({ reason: 'packet_timeout' });
    expect(performance.now() - silentSince).toBeGreaterThan(INACTIVITY_MS - 100);
  });

  it('tells what its nodes cost, which stays in the totals when it is gone', async () => {
    const session = await start('meter', tone);
    await until(() => session.metrics()!.total_executions >= 50, 'half a second is processed');
    await session.close();
    const last = session.metrics()!;
    expect(last.pipeline_id).toBe('meter');
    expect(last.node_metrics.map((node) => node.execution_count)).toEqual(
      last.node_metrics.map(() => last.total_executions),
    );
    const { pipelines, media } = gateway.totals();
    expect(pipelines.map(({ pipeline }) => pipeline)).toEqual(['meter']);
    const [meter] = pipelines;
    expect(meter!.duration.count).toBeGreaterThanOrEqual(last.total_executions);
    expect(meter!.nodes.map(({ node, duration }) => [node, duration.count])).toEqual(
      last.node_metrics.map(({ node_id }) => [node_id, meter!.duration.count]),
    );
    expect(media.packets_received).toBeGreaterThanOrEqual(25);
    expect(media.gateway_latency.count).toBeLessThanOrEqual(media.packets_received);
  });

  it('leaves nothing in the plane', async () => {
    const session = await start('echo', tone);
    expect(plane.planeStats().sessions).toBe(1);
    await session.close();
    expect(plane.planeStats().sessions).toBe(0);
  });

  it('is not made for a pipeline of JSON values, and is told how to run one', () => {
    const values = manifest([{ id: 'add', node_type: 'AddNode' }]);
    expect(() => gateway.createSession({ transport: 'whip', manifest: values })).toThrow(
      expect.objectContaining({
        code: 'invalid_manifest',
        complaints: [expect.objectContaining({ code: 'not_on_audio', path: 'nodes[0]' })],
      }),
    );
    expect(plane.planeStats().sessions).toBe(0);
  });

  it('is not made for a manifest with mistakes, and all of them are named', () => {
    const bad = manifest([
      { id: 'a', node_type: 'GainNod' },
      { id: 'a', node_type: 'GainNode', params: { gain_db: 'loud' } },
    ]);
    expect.assertions(3);
    try {
      gateway.createSession({ transport: 'whip', manifest: bad });
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      expect((error as GatewayError).code).toBe('invalid_manifest');
      expect((error as GatewayError).complaints!.length).toBeGreaterThanOrEqual(2);
    }
  });
});
