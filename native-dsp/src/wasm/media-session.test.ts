import { describe, expect, it } from 'vitest';
import { isNativeError } from '../errors.js';
import { loadWasmModule } from '../load-wasm.js';
import { type SessionCodec, WasmMediaSession } from './media-session.js';

const FRAME = 960;
const START = {
  send: true,
  receive: true,
  sendSsrc: 7,
  sendPayloadType: 111,
  receivePayloadType: 111,
  cname: 'test',
  firstSequence: 100,
  firstTimestamp: 5000,
  unixMicrosAtZero: 1_700_000_000_000_000,
};

/** A codec whose packets hold one number, the level of the whole packet. */
const levels: SessionCodec = {
  decode: (packet, pcm) => {
    pcm.fill(packet[1]! / 256, 0, FRAME);
    return FRAME;
  },
  resetDecoder: () => {},
  encode: (pcm, packet) => {
    packet.set([0xf8, Math.round(pcm[FRAME / 2]! * 256), 0]);
    return 3;
  },
  setPacketLoss: () => {},
};

function manifest(...nodes: object[]): string {
  return JSON.stringify({ version: 'v1', metadata: { name: 'test' }, nodes, connections: [] });
}

const echo = manifest({ id: 'echo', node_type: 'PassThrough' });

function playing(text = echo, codec = levels): WasmMediaSession {
  const session = new WasmMediaSession(loadWasmModule(), text, {});
  session.codec = codec;
  session.start(START);
  return session;
}

/** 20 ms of CELT. */
function rtp(sequence: number, level: number): Uint8Array {
  const packet = Buffer.alloc(14);
  packet.writeUInt16BE(0x806f, 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * FRAME, 4);
  packet.writeUInt32BE(99, 8);
  packet[12] = 0xf8;
  packet[13] = level;
  return packet;
}

describe('a media session on WebAssembly', () => {
  it('answers a packet with a packet, at the time that it is told', () => {
    const session = playing();
    for (let n = 0; n < 5; n++) {
      session.rtp(1000 + n * 20_000, rtp(n, 10 * n));
      const answer = Buffer.from(session.nextPacket()!);
      expect(session.arrivalUs).toBe(1000 + n * 20_000);
      expect([answer.readUInt16BE(2), answer.readUInt32BE(4), answer.readUInt32BE(8)]).toEqual([
        100 + n,
        5000 + n * FRAME,
        7,
      ]);
      expect(answer[13]).toBe(10 * n);
      expect(session.nextPacket()).toBeUndefined();
    }
    expect(session.stats()).toMatchObject({ packets_received: 5, packets_sent: 5, media_time_ms: 100 });
    // Half a second after the first packet a report is due.
    expect(session.deadlineUs).toBeLessThanOrEqual(501_000);
    session.timeout(501_000);
    expect(session.nextPacket()![1]).toBe(200);
    expect([session.isRtcp, session.arrivalUs]).toEqual([true, Number.NaN]);
  });

  it('has no deadline before its first packet, and defaults for what it was not told', () => {
    const session = playing();
    expect(session.deadlineUs).toBe(Number.POSITIVE_INFINITY);
    expect(session.output).toEqual({ sampleRate: 48_000, channels: 1 });
    expect(session.encoder).toEqual({ bitrate: 32_000, complexity: 5, fec: true, dtx: false });
  });

  it('measures its pipeline under its name, unless it is told not to', () => {
    const open = (options = {}) => {
      const session = new WasmMediaSession(loadWasmModule(), echo, options);
      session.codec = levels;
      session.start(START);
      for (let n = 0; n < 5; n++) session.rtp(n * 20_000, rtp(n, 10));
      return session;
    };
    const named = open({ pipeline: 'echo' });
    expect(named.metrics()).toMatchObject({
      pipeline_id: 'echo',
      total_executions: 10,
      node_metrics: [{ node_id: 'echo', execution_count: 10, error_count: 0 }],
    });
    expect(named.metrics()!.total_duration_us).toBeGreaterThan(0);
    expect(named.total()).toMatchObject({
      pipeline: 'echo',
      nodes: [{ node: 'echo', duration: { count: 10 } }],
    });
    expect(open().total()).toMatchObject({ pipeline: null, nodes: [{ node: 'PassThrough' }] });
    const unmeasured = open({ metrics: false });
    expect([unmeasured.metrics(), unmeasured.total()]).toEqual([null, null]);
  });

  it('hands events out once, with the audio of utterances beside them', () => {
    const session = playing(manifest({ id: 'level', node_type: 'AudioLevelNode' }));
    for (let n = 0; n < 20; n++) session.rtp(n * 20_000, rtp(n, 100));
    const events = session.drainEvents();
    expect(events.length).toBeGreaterThan(0);
    expect(JSON.parse(events[0]!.json)).toMatchObject({ type: 'audio_level', node_id: 'level' });
    expect(events[0]!.utterance).toBeNull();
    expect(session.drainEvents()).toEqual([]);
  });

  it('whose codec fails is lost alone', () => {
    const broken = playing(echo, {
      ...levels,
      decode: () => {
        throw new Error('the decoder trapped');
      },
    });
    const other = playing();
    for (let turn = 0; turn < 2; turn++) {
      try {
        broken.rtp(0, rtp(1, 1));
        expect.unreachable();
      } catch (error) {
        expect(isNativeError(error) && error.code).toBe('session_panicked');
        expect(String(error)).toContain('the decoder trapped');
      }
    }
    other.rtp(0, rtp(1, 50));
    expect(other.nextPacket()![13]).toBe(50);
  });

  it('whose node fails says which and why', () => {
    const session = playing(
      manifest({
        id: 'fault',
        node_type: 'FaultNode',
        params: { after_ms: 20 },
        execution: { on_error: 'fail_session' },
      }),
    );
    for (let n = 0; n < 3; n++) session.rtp(n * 20_000, rtp(n, 1));
    expect(session.failure).toContain('node fault');
    expect(session.deadlineUs).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses what the native one refuses, by the same codes', () => {
    const codeOf = (action: () => unknown) => {
      try {
        action();
        return undefined;
      } catch (error) {
        return isNativeError(error) ? error.code : error;
      }
    };
    const open = (text: string, options = {}) => new WasmMediaSession(loadWasmModule(), text, options);
    const resampled = manifest({
      id: 'r',
      node_type: 'FastResampleNode',
      params: { target_rate: 44_100 },
    });
    expect([
      codeOf(() => open('{}')),
      codeOf(() => open(echo, { inactivityMs: 1 })),
      codeOf(() => open(echo, { encoder: { bitrate: 1 } })),
      codeOf(() => open(echo).rtp(0, rtp(1, 1))),
      codeOf(() => open(echo).start({ ...START, sendPayloadType: 128 })),
      codeOf(() => playing().start(START)),
      codeOf(() => playing().endInput(0, 'never' as 'flush')),
      codeOf(() => open(resampled).start(START)),
    ]).toEqual([
      'invalid_manifest',
      'invalid_options',
      'invalid_options',
      'media_not_started',
      'invalid_options',
      'media_already_started',
      'invalid_options',
      'output_not_encodable',
    ]);
  });
});
