/**
 * A session that loses packets on WebAssembly. What is played instead is made by the session itself there, and natively by libopus: so there are no
 * two results to compare, but one to keep.
 */
import { type SessionCodec, WasmMediaSession } from '@remotemedia/native-dsp/wasm';
import { concatenate, type Record } from './record.js';
import { vectorFor } from './vector.js';

const PACKET = 960;
const PACKET_US = 20_000;
const PACKETS = 300;
const MANIFEST = JSON.stringify({ version: 'v1', nodes: [{ id: 'echo', node_type: 'PassThrough' }] });

/** One in nine; six in a row within speech; and the first after silence. */
const isLost = (n: number) => n % 9 === 4 || (n >= 60 && n < 66) || n === 185;

/** What the session would send, as it was before it was encoded. */
export function recordLosses(module: WebAssembly.Module): Record {
  const [samples] = vectorFor({ sampleRate: 48_000, channels: 1 });
  const played: Float32Array[] = [];
  const codec: SessionCodec = {
    decode: (packet, pcm) => {
      const from = (packet[1]! * 256 + packet[2]!) * PACKET;
      pcm.set(samples!.subarray(from, from + PACKET));
      return PACKET;
    },
    resetDecoder: () => {},
    encode: (pcm, packet) => {
      played.push(pcm.slice(0, PACKET));
      packet[0] = TOC;
      return 1;
    },
    setPacketLoss: () => {},
  };
  const session = new WasmMediaSession(module, MANIFEST, {});
  session.codec = codec;
  session.start(START);
  for (let n = 0; n < PACKETS; n++) {
    if (!isLost(n)) session.rtp(n * PACKET_US, rtp(n));
    if (session.deadlineUs <= n * PACKET_US) session.timeout(n * PACKET_US);
    while (session.nextPacket());
  }
  return {
    audio: concatenate(played),
    events: session.drainEvents().map(({ json }) => json),
    utterances: [],
    chunks: new Float32Array(0),
    latencySamples: 0,
    error: null,
  };
}

/** CELT, 20 ms, mono, one frame: RFC 6716, 3.1. */
const TOC = 0xf8;
const PAYLOAD_TYPE = 111;
const START = {
  send: true,
  receive: true,
  sendSsrc: 7,
  sendPayloadType: PAYLOAD_TYPE,
  receivePayloadType: PAYLOAD_TYPE,
  cname: 'parity',
  firstSequence: 100,
  firstTimestamp: 5000,
  unixMicrosAtZero: 1_700_000_000_000_000,
};

/** A packet that says where its samples are. */
function rtp(n: number): Uint8Array {
  const packet = new DataView(new ArrayBuffer(15));
  packet.setUint16(0, 0x8000 | PAYLOAD_TYPE);
  packet.setUint16(2, n);
  packet.setUint32(4, n * PACKET);
  packet.setUint32(8, 99);
  packet.setUint8(12, TOC);
  packet.setUint16(13, n);
  return new Uint8Array(packet.buffer);
}
