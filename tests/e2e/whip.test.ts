import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decimate, findPieces, summarise } from '../signal/correlation.js';
import { loadFixture } from '../signal/fixtures.js';
import { type GatewayProcess, RUNTIMES } from './gateway-process.js';
import { connectWhip } from './libwebrtc-client.js';

const fixture = loadFixture('speech');

describe.each(RUNTIMES)('WHIP with libwebrtc, on the %s runtime,', (runtime, start) => {
  let gateway: GatewayProcess;

  beforeAll(async () => {
    gateway = await start();
  });

  afterAll(async () => {
    expect(await gateway.stop(), gateway.output()).toBe(0);
  });

  it('is what the gateway says that it is, with one warning where it is not the native one', async () => {
    for (const path of ['readyz', 'version'])
      expect(await (await fetch(`${gateway.url}/${path}`)).json()).toMatchObject({ runtime });
    const warnings = gateway.output().split('run on WebAssembly').length - 1;
    expect(warnings, gateway.output()).toBe(runtime === 'native' ? 0 : 1);
  });

  it('sends the right audio back through the echo pipeline', async () => {
    const client = await connectWhip(`${gateway.url}/whip/echo`, fixture.samples, 'sendrecv');
    try {
      await client.until(() => client.receivedSeconds() > 5, 15_000);
      const matches = findPieces(decimate(fixture.samples, 6), decimate(client.received(4), 6), 4_000);
      const { correlation, offBy } = summarise(matches, 4_000);
      expect(correlation).toBeGreaterThan(0.8);
      expect(offBy, 'pieces follow each other').toBeLessThan(100);
      expect(client.events[0]).toMatchObject({ type: 'session_started', seq: 0, pipeline: 'echo', runtime });
    } finally {
      client.close();
    }
  });

  it('reports where the speech is, receive-only, and says good-bye', async () => {
    const client = await connectWhip(`${gateway.url}/whip/transcribe-prep`, fixture.samples, 'sendonly');
    try {
      const of = (type: string) => client.events.filter((event) => event['type'] === type);
      await client.until(() => of('utterance').length >= 3, 20_000);
      const starts = of('speech_started').map((event) => Number(event['media_time_ms']));
      const stops = of('speech_stopped').map((event) => Number(event['media_time_ms']));
      // The file begins to play with the connection, but the first packet leaves a little later: one
      // offset for all, taken from the middle of the differences.
      const errors = fixture.speech.flatMap(({ start_ms, end_ms }, i) => [
        starts[i]! - start_ms,
        stops[i]! - end_ms,
      ]);
      const offset = errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)]!;
      for (const error of errors)
        expect(Math.abs(error - offset), JSON.stringify({ starts, stops })).toBeLessThan(150);
      expect(client.events.map((event) => event['seq'])).toEqual(client.events.map((_, i) => i));

      const utterance = await fetch(new URL(String(of('utterance')[0]!['url']), gateway.url));
      expect(utterance.headers.get('content-type')).toContain('audio/wav');
      expect((await utterance.arrayBuffer()).byteLength).toBeGreaterThan(16_000 * 2 * 2);

      expect((await fetch(client.location, { method: 'DELETE' })).status).toBe(200);
      await client.until(() => of('session_closed').length === 1, 2_000);
      expect((await fetch(client.location, { method: 'DELETE' })).status).toBe(404);
    } finally {
      client.close();
    }
  }, 40_000);

  it('ends the speech when the packets end in the middle of it', async () => {
    const client = await connectWhip(`${gateway.url}/whip/transcribe-prep`, fixture.samples, 'sendonly');
    try {
      const of = (type: string) => client.events.filter((event) => event['type'] === type);
      await client.until(() => of('speech_started').length === 1, 10_000);
      client.stopSending();
      await client.until(() => of('speech_stopped').length === 1 && of('utterance').length === 1, 3_000);
      expect(of('speech_stopped')[0]).toMatchObject({ reason: 'packet_timeout' });
      const { media_time_ms: stopMs } = of('speech_stopped')[0] as { media_time_ms: number };
      const { media_time_ms: startMs } = of('speech_started')[0] as { media_time_ms: number };
      expect(stopMs).toBeGreaterThan(startMs);
    } finally {
      client.close();
    }
  });
});
