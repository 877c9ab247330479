/** What strangers, and clients with keys, can send to a session over the wire: each is refused, and the session lives. */
import { createSocket, type Socket } from 'node:dgram';
import type { Gateway, Session } from '@remotemedia/gateway';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Message, RTCPeerConnection } from 'werift';
import { gatewayOnRealPlane } from './support/gateway-on-loopback.js';
import { PLANES } from './support/planes.js';
import type { RecordedPlane } from './support/recorded-plane.js';
import { certificate, until, WeriftClient } from './support/werift-client.js';

let plane: RecordedPlane;
let gateway: Gateway;
let client: WeriftClient;

async function connected(): Promise<Session> {
  client = new WeriftClient();
  const session = gateway.createSession({ transport: 'websocket' });
  await client.connect(session);
  await until(() => client.events.length >= 1, 'the session is up');
  return session;
}

/** The session still carries events, in both of its directions. */
async function lives(session: Session): Promise<void> {
  const before = client.events.length;
  plane.emit({ handle: 1, json: '{"type":"gap","node_id":null}' });
  await until(() => client.events.length > before, 'an event arrives');
  expect(session.state).toBe('connected');
}

describe.each(PLANES)('over the %s plane:', (_, create) => {
  beforeEach(() => {
    ({ gateway, plane } = gatewayOnRealPlane(create, { connectTimeoutMs: 4000 }));
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await client?.close();
    await gateway.close();
  });

  describe('a stranger', () => {
    let stranger: Socket;
    const answers: Buffer[] = [];

    beforeEach(async () => {
      answers.length = 0;
      stranger = createSocket('udp4');
      await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.1', resolve));
      stranger.on('message', (data) => answers.push(data));
    });

    afterEach(() => stranger.close());

    it('who knows the user fragment but not the password gets no answer', async () => {
      const session = await connected();
      const request = new Message(1, 0);
      request.setAttribute('USERNAME', `${session.localUfrag}:evil`);
      request.setAttribute('PRIORITY', 1);
      request.setAttribute('ICE-CONTROLLING', 1n);
      request.setAttribute('USE-CANDIDATE', null);
      request.addMessageIntegrity(Buffer.from('a guess that is wrong'));
      request.addFingerprint();
      for (let i = 0; i < 5; i++) stranger.send(request.bytes, plane.port, '127.0.0.1');
      await lives(session);
      expect(answers).toEqual([]);
      expect(plane.remoteAddresses).toEqual([]);
      expect(gateway.totals().peerRefusals).toMatchObject({ stun_unauthenticated: 5 });
    });

    it('who forges the sender of plain DTLS neither closes nor restarts a session', async () => {
      const session = await connected();
      const [address, port] = session.remoteAddress!.split(':') as [string, string];
      const alert = Buffer.from([21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0]);
      const hello = Buffer.concat([
        Buffer.from([22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 40]),
        Buffer.alloc(40, 1),
      ]);
      const claims = (...[type, ...body]: number[]) =>
        Buffer.from([type!, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 99, 0, body.length, ...body]);
      const nonsense = Buffer.alloc(40, 1);
      for (const data of [
        alert,
        hello,
        Buffer.from([22]),
        Buffer.from([23, 0xfe, 0xfd, 0, 1, 0, 0]),
        // What only claims to be encrypted: alerts, a type that nobody knows, and what hides plain records behind it.
        claims(21, 1, 0),
        claims(21, 1, 0, ...nonsense),
        claims(63, ...nonsense),
        Buffer.concat([claims(23, ...nonsense), alert]),
        Buffer.concat([claims(22, ...nonsense), hello]),
      ]) {
        plane.receive(data, address, Number(port));
      }
      await lives(session);
    });
  });

  describe('a client with keys', () => {
    it('that writes nonsense into its data channels only loses what it wrote', async () => {
      const session = await connected();
      const [dtls] = client.peer.dtlsTransports;
      const sctp = client.peer.sctpTransport!.sctp as unknown as {
        send(stream: number, protocol: number, data: Buffer): Promise<void>;
      };
      for (const bytes of [0, 1, 11, 12, 13, 28, 200, 1200]) await dtls!.sendData(Buffer.alloc(bytes, bytes));
      // An acknowledgement and an opening of nothing (RFC 8832), and a payload protocol that does not exist (RFC 8831 8).
      await sctp.send(700, 50, Buffer.from([2]));
      await sctp.send(701, 50, Buffer.from([3, 0, 0]));
      await sctp.send(0, 99, Buffer.from('?'));
      client.channel!.send('{"type":"no such command"}');
      // Larger than our answer allows.
      await sctp.send(0, 53, Buffer.alloc(60_000));
      await lives(session);
    });

    it('that moves to another of its addresses is followed', async () => {
      const session = await connected();
      const { connection } = client.peer.iceTransports[0]! as unknown as { connection: ClientAgent };
      // A client that nominates two pairs at first may use another than we do: the choice must be new to us.
      const { remotePort } = plane.media.get(1)!;
      const other = connection.checkList.find(({ localCandidate: { port } }) => port !== remotePort)!;
      const nominate = () => {
        const { localUsername, remoteUsername, remotePassword } = connection;
        const request = connection.buildRequest({
          nominate: true,
          localUsername,
          remoteUsername,
          iceControlling: true,
          localCandidate: other.localCandidate,
        });
        return other.protocol.request(request, other.remoteAddr, Buffer.from(remotePassword));
      };
      await nominate();
      expect(plane.remoteAddresses).toEqual([]);
      // Later: a choice, no longer part of getting connected.
      const now = performance.now.bind(performance);
      vi.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
      // Again and again, as a client repeats its checks: the first may find the pair untried on our side.
      while (plane.remoteAddresses.length === 0) await nominate();
      vi.restoreAllMocks();
      const [moved] = plane.remoteAddresses;
      expect(session.remoteAddress).toBe(`${moved!.address}:${moved!.port}`);
      expect(moved!.port).not.toBe(remotePort);
      expect(plane.remoteAddresses).toHaveLength(1);
      await lives(session);
    });
  });

  describe('a client that is not who its offer says', () => {
    it('is refused for a certificate with another fingerprint', async () => {
      client = new WeriftClient();
      const session = gateway.createSession({ transport: 'websocket' });
      await client.connect(session, (offer) =>
        offer.replace(/(a=fingerprint:sha-256 )[^\r]*/g, `$1${'AB:'.repeat(31)}AB`),
      );
      await until(() => session.state === 'closed', 'the session closes');
      expect(session.closeInfo).toMatchObject({ reason: 'network', code: 'dtls_failed' });
      expect(session.closeInfo!.message).toContain('fingerprint');
      expect(plane.media.size).toBe(0);
    });

    it('is refused for a certificate whose key it does not hold', async () => {
      const victim = await certificate();
      const thief = await certificate();
      client = new WeriftClient({ keys: { ...victim, keyPem: thief.keyPem } });
      expect(client.peer).toBeInstanceOf(RTCPeerConnection);
      const session = gateway.createSession({ transport: 'websocket' });
      await client.connect(session);
      await until(() => session.state === 'closed', 'the session closes');
      expect(session.closeInfo).toMatchObject({
        code: 'dtls_failed',
        message: expect.stringContaining('does not hold the key'),
      });
      expect(plane.media.size).toBe(0);
    });

    it('is taken with a certificate and key of its own, as either DTLS role', async () => {
      client = new WeriftClient({ keys: await certificate() });
      const first = gateway.createSession({ transport: 'websocket' });
      await client.connect(first);
      await until(() => first.state === 'connected', 'as DTLS client');
      await client.close();
      client = new WeriftClient();
      const second = gateway.createSession({ transport: 'websocket' });
      const answer = await client.connect(second, (offer) => offer.replaceAll('actpass', 'passive'));
      expect(answer).toContain('a=setup:active');
      await until(() => second.state === 'connected', 'as DTLS server');
      await until(() => client.events.length >= 1, 'events arrive');
    });
  });
});

/** What this test uses of a werift client's private parts. */
interface ClientAgent {
  localUsername: string;
  remoteUsername: string;
  remotePassword: string;
  checkList: ClientPair[];
  buildRequest(options: object): Message;
}

interface ClientPair {
  localCandidate: { readonly port: number };
  remoteAddr: readonly [string, number];
  protocol: { request(request: Message, address: readonly [string, number], key: Buffer): Promise<unknown> };
}
