import { expect, it } from 'vitest';
import { loadFixture } from '../signal/fixtures.js';
import { startGateway } from './gateway-process.js';
import { connectWhip } from './libwebrtc-client.js';

const BLOCKS = 4;

it('keeps every packet on time while the event loop is blocked for 500 ms', async () => {
  const hook = new URL('./block-event-loop.mjs', import.meta.url).href;
  const gateway = await startGateway({ NODE_OPTIONS: `--import ${hook}` });
  const client = await connectWhip(
    `${gateway.url}/whip/voice-enhance`,
    loadFixture('speech').samples,
    'sendrecv',
  );
  try {
    await client.until(() => client.receivedSeconds() > 1, 10_000);
    const id = String(client.events[0]!['session_id']);
    const statistics = async () => {
      const response = await fetch(`${gateway.url}/api/v1/sessions/${id}`);
      return (
        (await response.json()) as { statistics: Record<string, number & { max: number; p99: number }> }
      ).statistics;
    };
    const before = await statistics();
    for (let i = 1; i <= BLOCKS; i++) {
      const receivedBefore = await client.packetsReceived();
      gateway.process.kill('SIGUSR2');
      const blocked = () => gateway.output().split('event loop was blocked').length - 1;
      await client.until(() => blocked() === i, 5_000);
      // 25 packets of 20 ms belong to the block.
      expect(
        (await client.packetsReceived()) - receivedBefore,
        'packets during the block',
      ).toBeGreaterThanOrEqual(20);
    }
    const after = await statistics();
    expect(after['packets_received']! - before['packets_received']!).toBeGreaterThan(BLOCKS * 20);
    expect(after['packets_sent']! - before['packets_sent']!).toBeGreaterThan(BLOCKS * 20);
    expect(after['packets_lost']).toBe(0);
    // Packets that wait for the event loop come up to half a second late, and they would be four in ten here.
    // The bounds leave room for a busy machine's scheduler, not for that.
    expect(after['gateway_latency_us']!.p99).toBeLessThan(20_000);
    expect(after['gateway_latency_us']!.max).toBeLessThan(200_000);
  } finally {
    client.close();
    await gateway.stop();
  }
}, 40_000);
