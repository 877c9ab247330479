/** A client that signals over WebSocket and WHIP reaches the real gateway: ICE, DTLS, events and a clean end. */
import { once } from 'node:events';
import { ExecutionService, type Gateway, type Session } from '@remotemedia/gateway';
import { importManifest } from '@remotemedia/pipeline/import';
import { buildApp, LiveCatalogue, parseConfig } from '@remotemedia/signaling';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { gatewayOnLoopback } from '../gateway/support/gateway-on-loopback.js';
import { until, WeriftClient } from '../gateway/support/werift-client.js';

let gateway: Gateway;
let app: FastifyInstance;
let base: string;
let client: WeriftClient;

beforeEach(async () => {
  ({ gateway } = await gatewayOnLoopback());
  app = await buildApp(parseConfig({ text: '', name: 'defaults' }), gateway, {
    execution: new ExecutionService({
      pipelines: new Map(),
      defaultPipeline: 'echo',
      openPipeline: () => {
        throw new Error('nobody executes anything here');
      },
    }),
    pipelines: new LiveCatalogue('echo'),
    runtime: { version: '0', runtime: 'native', reason: 'It is the default.', opus: null, nodeTypes: [] },
    importManifest,
    machine: { hostname: 'test', addresses: () => [] },
    unheard: { exception: 0, rejection: 0 },
    now: Date.now,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `127.0.0.1:${(app.server.address() as { port: number }).port}`;
  client = new WeriftClient();
});
afterEach(async () => {
  await client.close();
  await gateway.close();
  await app.close();
});

/** Lets the client think that it talks to the session. */
const signalledBy = (negotiate: (offer: string) => Promise<string>) => ({ negotiate }) as unknown as Session;

it('over the WebSocket: answer, candidates, states, events, and a dropped socket ends it', async () => {
  const socket = new WebSocket(`ws://${base}/ws`);
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server sends.
  const received: any[] = [];
  socket.on('message', (text) => received.push(JSON.parse(String(text))));
  await once(socket, 'open');
  const call = async (id: number, method: string, params: object) => {
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    await until(() => received.some((message) => message.id === id), method);
    return received.find((message) => message.id === id);
  };
  const notified = (method: string) =>
    received.filter((message) => message.method === method).map(({ params }) => params);

  await call(1, 'peer.announce', { peer_id: 'werift', capabilities: ['audio'] });
  await client.connect(
    signalledBy(async (sdp) => {
      const { result } = await call(2, 'peer.offer', { from: 'werift', to: 'remotemedia-server', sdp });
      return result.sdp;
    }),
  );
  await until(() => notified('session.event').length > 0, 'session_started on the WebSocket');
  await until(() => client.events.length > 0, 'session_started on the data channel');
  expect(notified('session.event')[0]).toEqual(client.events[0]);
  expect(notified('session.event')[0]).toMatchObject({ type: 'session_started', seq: 0, pipeline: 'echo' });
  expect(notified('peer.state_change').map(({ connection_state }) => connection_state)).toEqual([
    'connecting',
    'connected',
  ]);
  expect(notified('peer.ice_candidate').at(-1)).toMatchObject({ candidate: '' });

  const again = await call(3, 'peer.offer', { from: 'werift', to: 'remotemedia-server', sdp: 'v=0\r\n' });
  expect(again.error).toMatchObject({ code: -32005, data: { code: 'already_negotiated' } });
  expect(gateway.sessions.size).toBe(1);

  const closed = once(gateway, 'session_closed');
  socket.terminate();
  const [, info] = await closed;
  expect(info).toMatchObject({ reason: 'client', code: 'signaling_lost' });
  expect(gateway.sessions.size).toBe(0);
});

it('over WHIP: 201, connected, trickled candidates taken, DELETE ends it', async () => {
  let location = '';
  let etag = '';
  await client.connect(
    signalledBy(async (sdp) => {
      const headers = { 'content-type': 'application/sdp' };
      const created = await fetch(`http://${base}/whip/echo`, { method: 'POST', headers, body: sdp });
      expect(created.status).toBe(201);
      location = `http://${base}${created.headers.get('location')}`;
      etag = String(created.headers.get('etag'));
      return created.text();
    }),
  );
  const [session] = [...gateway.sessions.values()];
  await until(() => session?.state === 'connected', 'the session is connected');
  const fragment = [
    `a=ice-ufrag:${session!.remoteUfrag}`,
    'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    'a=mid:0',
    'a=candidate:9 1 udp 1 127.0.0.1 9 typ host',
    'a=end-of-candidates',
    '',
  ].join('\r\n');
  const headers = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': etag };
  expect((await fetch(location, { method: 'PATCH', headers, body: fragment })).status).toBe(204);
  const view = await (await fetch(`http://${base}/api/v1/sessions/${session!.id}`)).json();
  expect(view).toMatchObject({ id: session!.id, state: 'connected', pipeline: 'echo', transport: 'whip' });
  expect((await fetch(location, { method: 'DELETE' })).status).toBe(200);
  expect((await fetch(location, { method: 'DELETE' })).status).toBe(404);
  expect(gateway.sessions.size).toBe(0);
});

it('a client that drops its WebSocket before the answer leaves nothing', async () => {
  const socket = new WebSocket(`ws://${base}/ws`);
  await once(socket, 'open');
  for (const transport of client.peer.iceTransports) delete transport.connection.stunServer;
  await client.peer.setLocalDescription(await client.peer.createOffer());
  const opened = once(gateway, 'session_opened');
  const closed = once(gateway, 'session_closed');
  const request = (id: number, method: string, params: object) =>
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  request(1, 'peer.announce', { peer_id: 'hasty', capabilities: ['audio'] });
  request(2, 'peer.offer', {
    from: 'hasty',
    to: 'remotemedia-server',
    sdp: client.peer.localDescription!.sdp,
  });
  await opened;
  socket.terminate();
  await closed;
  expect(gateway.sessions.size).toBe(0);
});
