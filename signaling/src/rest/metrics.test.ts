import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, chain, type TestApp } from '../testing/build.js';
import { FAKE_METRICS } from '../testing/fake-gateway.js';

let test: TestApp;
beforeEach(async () => {
  test = await buildTestApp();
});
afterEach(async () => {
  await test.execution.close();
  await test.app.close();
});

const get = (url: string) => test.app.inject({ method: 'GET', url });
const lines = async () => (await get('/metrics')).body.split('\n');

describe('metrics of a session', () => {
  it('are the whole report as JSON', async () => {
    const session = test.gateway.createSession({ transport: 'whip' });
    const response = await get(`/api/v1/sessions/${session.id}/metrics`);
    expect(response.json()).toEqual(FAKE_METRICS);
  });

  it('are not there for a session that is not, or is not measured', async () => {
    expect((await get('/api/v1/sessions/nobody/metrics')).json().code).toBe('session_not_found');
    const session = test.gateway.createSession({ transport: 'whip' });
    session.metrics = () => null;
    expect((await get(`/api/v1/sessions/${session.id}/metrics`)).json().code).toBe('not_found');
  });
});

describe('GET /metrics', () => {
  it('tells the durations of every node as a histogram, with pipeline and node for labels', async () => {
    const found = await lines();
    expect(found).toContain('# TYPE remotemedia_node_duration_seconds histogram');
    const labels = 'pipeline="echo",node="echo"';
    expect(found).toContain(`remotemedia_node_duration_seconds_bucket{${labels},le="0.001048576"} 0`);
    expect(found).toContain(`remotemedia_node_duration_seconds_bucket{${labels},le="0.002097152"} 2`);
    expect(found).toContain(`remotemedia_node_duration_seconds_bucket{${labels},le="+Inf"} 2`);
    expect(found).toContain(`remotemedia_node_duration_seconds_sum{${labels}} 0.003`);
    expect(found).toContain(`remotemedia_node_duration_seconds_count{${labels}} 2`);
    expect(found).toContain(`remotemedia_node_errors_total{${labels}} 1`);
    expect(found).toContain('remotemedia_frame_overruns_total{pipeline="echo"} 1');
  });

  it('puts all manifests of clients under one label', async () => {
    expect(await lines()).toContain(
      'remotemedia_node_duration_seconds_count{pipeline="(inline)",node="GainNode"} 1',
    );
  });

  it('counts pipelines without WebRTC by transport, and why they ended', async () => {
    await test.execution
      .execute({ transport: 'grpc' }, [{ item: { kind: 'value', value: 1 } }])
      .catch(() => {});
    const found = await lines();
    expect(found).toContain('remotemedia_execution_sessions_opened_total{transport="grpc"} 1');
    expect(found).toContain('remotemedia_execution_items_received_total{transport="grpc"} 1');
    expect(found).toContain('remotemedia_execution_sessions{transport="http"} 0');
    expect(found).toContain(
      'remotemedia_execution_sessions_closed_total{transport="http",reason="slow_consumer"} 0',
    );
  });

  it('has in the same histograms what pipelines cost without WebRTC, while they run and afterwards', async () => {
    const name = 'remotemedia_node_duration_seconds_count';
    const audio = { kind: 'audio', planes: [new Float32Array(1600)], sampleRate: 16_000 } as const;
    const run = (payload: object) => test.app.inject({ method: 'POST', url: '/api/v1/execute', payload });
    const data = Buffer.alloc(3200).toString('base64');
    const items = [{ kind: 'audio', encoding: 's16le', sample_rate: 16_000, channels: 1, data }];
    const gain = chain({ node_type: 'GainNode' });
    for (const manifest of [gain, gain]) await run({ manifest, items });
    const session = await test.execution.open({ transport: 'websocket', pipeline: 'echo' });
    await session.push(audio);
    await session.flush();
    const expected = [
      // One over WebRTC, and 100 ms twice.
      `${name}{pipeline="(inline)",node="GainNode"} 21`,
      `${name}{pipeline="echo",node="n0"} 10`,
      `${name}{pipeline="echo",node="echo"} 2`,
      'remotemedia_pipeline_duration_seconds_count{pipeline="echo"} 12',
    ];
    expect(await lines()).toEqual(expect.arrayContaining(expected));
    await session.close();
    expect(await lines()).toEqual(expect.arrayContaining(expected));
  });

  it('has the calls of nodes outside the audio graphs and on values in buckets of their own', async () => {
    const payload = { pipeline: 'calculator', input: [5, 7, 3] };
    await test.app.inject({ method: 'POST', url: '/api/v1/execute', payload });
    const found = await lines();
    const name = 'remotemedia_node_call_duration_seconds';
    // Over WebRTC.
    expect(found).toContain(`${name}_count{pipeline="echo",node="outside"} 4`);
    for (const node of ['n0', 'n1']) {
      const labels = `pipeline="calculator",node="${node}"`;
      expect(found).toContain(`${name}_bucket{${labels},le="67.108864"} 3`);
      expect(found.some((line) => line.startsWith(`${name}_bucket{${labels},le="0.000016"} `))).toBe(true);
    }
  });

  it('counts failures of nodes in sessions by class, as often as they were told', async () => {
    const session = test.gateway.createSession({ transport: 'whip' });
    const failed = { type: 'node_error', node_id: 'a', error_class: 'timeout', times: 3 };
    session.emit('event', failed as never);
    session.emit('event', { type: 'node_error', node_id: 'b' } as never);
    session.emit('event', { type: 'speech_started', node_id: 'b' } as never);
    const found = await lines();
    const name = 'remotemedia_session_node_errors_total';
    expect(found).toContain(`${name}{pipeline="echo",error_class="timeout"} 3`);
    expect(found).toContain(`${name}{pipeline="echo",error_class="internal"} 1`);
  });

  it('counts sessions by state and by who ended them, and never names one', async () => {
    const session = test.gateway.createSession({ transport: 'whip' });
    await test.gateway.createSession({ transport: 'whip' }).close({ reason: 'network' });
    const found = await lines();
    expect(found).toContain('remotemedia_sessions{state="new"} 1');
    expect(found).toContain('remotemedia_sessions{state="connected"} 0');
    expect(found).toContain('remotemedia_sessions_closed_total{reason="network"} 1');
    expect(found).toContain('remotemedia_sessions_closed_total{reason="client"} 0');
    expect(found.join()).not.toContain(session.id);
  });

  it('has the counters of the plane, the lag of the event loop and what runs here', async () => {
    const found = await lines();
    expect(found).toContain('remotemedia_datagrams_dropped_total{reason="malformed"} 2');
    expect(found).toContain('remotemedia_peer_refused_total{reason="dtls_plaintext"} 3');
    expect(found).toContain('remotemedia_gateway_latency_seconds_count 7');
    expect(found.some((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds '))).toBe(true);
    expect(found).toContain(
      `remotemedia_build_info{version="0.1.0",runtime="native",opus="libopus 1.6.1",node="${process.version}"} 1`,
    );
  });

  it('looks the numbers up anew for every scrape', async () => {
    await lines();
    test.gateway.counted.media.packets_received = 1000;
    expect(await lines()).toContain('remotemedia_rtp_packets_received_total 1000');
  });

  it('is text that Prometheus reads: every sample belongs to a family that was declared before it', async () => {
    const response = await get('/metrics');
    expect(response.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    let family = '';
    const families = new Set<string>();
    for (const line of response.body.split('\n').filter(Boolean)) {
      const declared = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
      if (declared) {
        family = declared[1]!;
        expect(families.has(family), family).toBe(false);
        families.add(family);
      } else if (!line.startsWith('# HELP ')) {
        const sample = /^(\w+)(?:\{(?:\w+="[^"]*",?)+\})? [-+\w.]+$/.exec(line);
        expect(sample, line).not.toBeNull();
        expect([family, `${family}_bucket`, `${family}_sum`, `${family}_count`], line).toContain(sample![1]);
      }
    }
    expect(families.size).toBeGreaterThan(20);
  });
});

it('with metrics.enabled off there is nothing to read', async () => {
  await test.app.close();
  test = await buildTestApp('metrics: { enabled: false }');
  const session = test.gateway.createSession({ transport: 'whip' });
  for (const url of ['/metrics', `/api/v1/sessions/${session.id}/metrics`]) {
    expect((await get(url)).statusCode).toBe(404);
  }
  expect((await get('/openapi.json')).json().paths).not.toHaveProperty('/metrics');
});
