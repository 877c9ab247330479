/** Closing leaves nothing behind: no socket, timer, plane slot or session, whatever the session was doing. */
import type { Gateway } from '@remotemedia/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gatewayOnRealPlane } from './support/gateway-on-loopback.js';
import { PLANES } from './support/planes.js';
import type { RecordedPlane } from './support/recorded-plane.js';
import { until, WeriftClient } from './support/werift-client.js';

let plane: RecordedPlane;
let gateway: Gateway;

/** Sockets and timers that keep this process alive. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name === 'Timeout' || name.includes('UDP') || name.includes('TCP'))
    .sort();
}

async function releasedTo(before: readonly string[]): Promise<void> {
  expect(gateway.sessions.size).toBe(0);
  expect(plane.slots).toBe(0);
  // The poll itself is one timer.
  await until(
    () => resources().length <= before.length + 1,
    `only ${before} is left, not ${resources()}`,
    8000,
  );
}

describe.each(PLANES)('everything is released by the %s plane', (_, create) => {
  beforeEach(() => {
    ({ gateway, plane } = gatewayOnRealPlane(create, { maxSessions: 50 }));
  });

  afterEach(() => gateway.close());

  it('after a connected session', async () => {
    const before = resources();
    const client = new WeriftClient();
    const session = gateway.createSession({ transport: 'whip' });
    await client.connect(session);
    await until(() => client.events.length >= 1, 'the session is up');
    await session.close();
    await client.close();
    await releasedTo(before);
  });

  it('after a session that nobody used', async () => {
    const before = resources();
    await gateway.createSession({ transport: 'whip' }).close();
    await releasedTo(before);
  });

  it('after a session closed while its client connects', async () => {
    const before = resources();
    const client = new WeriftClient();
    const session = gateway.createSession({ transport: 'whip' });
    await client.connect(session);
    await session.close();
    await client.close();
    await releasedTo(before);
  });

  it('after twenty sessions, opened and closed in turns', async () => {
    const before = resources();
    for (let round = 0; round < 4; round++) {
      const clients = Array.from({ length: 5 }, () => new WeriftClient());
      const sessions = await Promise.all(
        clients.map(async (client) => {
          const session = gateway.createSession({ transport: 'whip' });
          await client.connect(session);
          return session;
        }),
      );
      await until(() => sessions.every(({ state }) => state === 'connected'), 'all five connect');
      await Promise.all(sessions.map((session) => session.close()));
      await Promise.all(clients.map((client) => client.close()));
    }
    await releasedTo(before);
  });
});
