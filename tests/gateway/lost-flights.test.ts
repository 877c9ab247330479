/** DTLS handshakes over a network that loses, doubles and reorders: each ends with both sides connected, on the same keys. */

import type { Gateway } from '@remotemedia/gateway';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carries, fragmented } from './support/dtls-records.js';
import { gatewayOnLoopback } from './support/gateway-on-loopback.js';
import { LibwebrtcClient } from './support/libwebrtc-client.js';
import type { UdpPlane } from './support/udp-plane.js';
import { until, WeriftClient } from './support/werift-client.js';

const CLIENT_HELLO = 1;
const HELLO_VERIFY_REQUEST = 3;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const SERVER_HELLO_DONE = 14;
const CERTIFICATE_VERIFY = 15;
const CLIENT_KEY_EXCHANGE = 16;

type Message = Parameters<typeof carries>[1];

let plane: UdpPlane;
let gateway: Gateway;
let client: LibwebrtcClient | WeriftClient;

beforeEach(async () => {
  ({ gateway, plane } = await gatewayOnLoopback());
});

afterEach(async () => {
  await client?.close();
  await gateway.close();
});

/** Loses the first datagram with each message. */
function losing(...messages: Message[]): (data: Buffer) => Buffer[] {
  const lost = new Set<Message>();
  return (data) => {
    const message = messages.find((one) => !lost.has(one) && carries(data, one));
    if (message === undefined) return [data];
    lost.add(message);
    return [];
  };
}

/** Doubles every datagram with the message. */
function doubling(message: Message): (data: Buffer) => Buffer[] {
  return (data) => (carries(data, message) ? [data, data] : [data]);
}

/** Holds the first datagram with `message` back until the next one has gone. */
function delaying(message: Message): (data: Buffer) => Buffer[] {
  let held: Buffer[] | undefined;
  return (data) => {
    if (held === undefined && carries(data, message)) {
      held = [data];
      return [];
    }
    return [data, ...(held?.splice(0) ?? [])];
  };
}

async function connects(setup?: 'active' | 'passive'): Promise<void> {
  const session = gateway.createSession({ transport: 'websocket' });
  if (client instanceof LibwebrtcClient) await client.connect(session);
  else await client.connect(session, (offer) => offer.replaceAll('actpass', setup!));
  // Sent over SCTP, so both sides have the keys.
  await until(() => client.events.length >= 1, `session_started arrives (${session.state})`, 4000);
  expect(session.state).toBe('connected');
}

describe('libwebrtc, whose flights are one datagram each,', () => {
  beforeEach(() => {
    client = new LibwebrtcClient();
  });

  it.each<[string, Message[]]>([
    ['our last flight', ['change_cipher_spec', 'finished']],
    ['only our ChangeCipherSpec', ['change_cipher_spec']],
    ['only our Finished', ['finished']],
  ])('connects though %s is lost', async (_, messages) => {
    plane.leaving = losing(...messages);
    await connects();
  });

  it('connects though our Finished overtakes our ChangeCipherSpec', async () => {
    plane.leaving = delaying('change_cipher_spec');
    await connects();
  });

  it.each([
    ['lost', (parts: Buffer[]) => parts.toSpliced(1, 1)],
    ['late', ([a, b, c]: Buffer[]) => [a!, c!, b!]],
    ['doubled', ([a, b, c]: Buffer[]) => [a!, b!, b!, c!]],
  ])('connects though the middle of three fragments of its hellos is %s', async (_, damage) => {
    let hellos = 0;
    plane.arriving = (data) => {
      if (!carries(data, CLIENT_HELLO)) return [data];
      const parts = fragmented(data, 3);
      // Every other one, so that what comes again is whole.
      return hellos++ % 2 === 0 ? damage(parts) : parts;
    };
    await connects();
  });

  it('connects though its last flight arrives twice at once, as where we were too busy for its timer', async () => {
    plane.arriving = doubling(CLIENT_KEY_EXCHANGE);
    await connects();
  });
});

describe('a client with a datagram for each message', () => {
  beforeEach(() => {
    client = new WeriftClient();
  });

  it.each<[string, Message]>([
    ['Certificate', CERTIFICATE],
    ['ClientKeyExchange', CLIENT_KEY_EXCHANGE],
    ['CertificateVerify', CERTIFICATE_VERIFY],
    ['Finished', 'finished'],
  ])('connects though its %s is lost', async (_, message) => {
    plane.arriving = losing(message);
    await connects('active');
  });

  it.each<[string, Message]>([
    ['Certificate', CERTIFICATE],
    ['ClientKeyExchange', CLIENT_KEY_EXCHANGE],
    ['CertificateVerify', CERTIFICATE_VERIFY],
  ])('connects though its %s comes late', async (_, message) => {
    plane.arriving = delaying(message);
    await connects('active');
  });
});

describe('a client that is the DTLS server', () => {
  beforeEach(() => {
    client = new WeriftClient();
  });

  it.each<[string, Message]>([
    ['HelloVerifyRequest', HELLO_VERIFY_REQUEST],
    ['Certificate', CERTIFICATE],
    ['ServerKeyExchange', SERVER_KEY_EXCHANGE],
    ['ServerHelloDone', SERVER_HELLO_DONE],
    ['Finished', 'finished'],
  ])('connects though its %s is lost, or comes twice', async (_, message) => {
    plane.arriving = losing(message);
    await connects('passive');
    await client.close();
    client = new WeriftClient();
    plane.arriving = doubling(message);
    await connects('passive');
  });
});
