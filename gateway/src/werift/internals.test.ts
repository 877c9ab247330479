/** What this folder assumes of werift, asked of the installed werift: an upgrade that breaks an assumption fails here, by its name. */

import { describe, expect, it } from 'vitest';
import {
  DtlsClient,
  DtlsServer,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceTransport,
  RTCSctpTransport,
  SrtpSession,
  StunProtocol,
  UdpTransport,
} from 'werift';
import { type DtlsInternals, type IceAgent, installedWeriftVersion, WERIFT_VERSION } from './internals.js';
import { PeerTransport } from './peer-transport.js';

describe('werift', () => {
  it('is the version that was read', () => {
    expect(installedWeriftVersion()).toBe(WERIFT_VERSION);
  });

  it('has the ICE agent that virtual transports are put into', () => {
    const agent = new RTCIceGatherer({}).connection as IceAgent;
    for (const name of [
      'ensureProtocol',
      'pairLocalProtocol',
      'appendLocalCandidate',
      'queryConsent',
    ] as const) {
      expect(agent[name], name).toBeTypeOf('function');
    }
    expect(agent.protocols).toEqual([]);
    expect(agent.localCandidatesStart).toBe(false);
    expect(agent.userHistory).toEqual({ [agent.localUsername]: agent.localPassword });
  });

  it('still needs a STUN server taken away and names made longer', () => {
    const agent = new RTCIceGatherer({}).connection as IceAgent;
    expect(agent.stunServer).toBeDefined();
    expect(agent.localUsername).toHaveLength(4);
    expect(agent.localPassword).toHaveLength(22);
  });

  it('has a STUN protocol over a transport of the expected shape', () => {
    const protocol = new StunProtocol() as unknown as Record<string, unknown>;
    expect(protocol['datagramReceived']).toBeTypeOf('function');
    expect(protocol['connectionMade']).toBeTypeOf('function');
    expect(Object.getOwnPropertyNames(UdpTransport.prototype)).toEqual(
      expect.arrayContaining(['address', 'addressFamily', 'host', 'port']),
    );
  });

  it('has the asynchronous methods that are called without a catch', () => {
    const sctp = new RTCSctpTransport(5000) as unknown as Record<string, unknown>;
    expect(sctp['datachannelReceive']).toBeTypeOf('function');
    expect(sctp['dataChannelFlush']).toBeTypeOf('function');
    expect(sctp['dataChannelQueue']).toEqual([]);
    const ice = new RTCIceTransport(new RTCIceGatherer({}));
    const transport = new RTCSctpTransport(5000);
    transport.setDtlsTransport(new RTCDtlsTransport({}, ice, undefined, []));
    const association = transport.sctp as unknown as Record<string, unknown>;
    expect(association['handleData']).toBeTypeOf('function');
    expect(association['outboundQueue']).toEqual([]);
    expect(association['sentQueue']).toEqual([]);
  });

  it('has DTLS sockets through whose fields messages and records go', () => {
    for (const Socket of [DtlsServer, DtlsClient]) {
      const transport = { type: 'udp', onData: () => {}, send: async () => {}, close: async () => {} };
      const socket = new Socket({ transport } as never) as unknown as DtlsInternals;
      expect(Object.hasOwn(socket, 'onHandleHandshakes')).toBe(true);
      expect(socket.onHandleHandshakes).toBeTypeOf('function');
      expect(socket.handleFragmentHandshake).toBeTypeOf('function');
      expect(socket.cipher.decryptPacket).toBeTypeOf('function');
      expect(socket.dtls).toMatchObject({ flight: 0, recordSequenceNumber: 0, sortedHandshakeCache: [] });
    }
  });

  it('keeps the master keys of SRTP', () => {
    const key = Buffer.alloc(16, 1);
    const salt = Buffer.alloc(12, 2);
    const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt };
    expect(new SrtpSession({ keys, profile: 7 }).config).toEqual({ keys, profile: 7 });
  });

  it('gives a peer candidates on the port of the plane, without a socket', () => {
    const peer = new PeerTransport({
      addresses: [{ announced: '192.0.2.1', local: '192.0.2.1' }],
      port: 8189,
      send: () => {},
      onPairChanged: () => {},
      onLost: () => {},
    });
    expect(peer.localCandidates).toMatchObject([{ address: '192.0.2.1', port: 8189 }]);
    expect(peer.ufrag).toHaveLength(12);
    expect(peer.password).toHaveLength(24);
  });
});
