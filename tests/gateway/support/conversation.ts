/** A conversation between a plane and peers of a test's own choosing. Its plane and peers are closed after each test. */
import type { MediaPlane, MediaPlaneOptions, PlaneBatch } from '@remotemedia/native-dsp';
import { createEncoder } from 'libopus-wasm';
import { afterEach, beforeAll } from 'vitest';
import { loadFixture } from '../../signal/fixtures.js';
import type { PLANES } from './planes.js';
import { RawPeer } from './raw-peer.js';
import { until } from './werift-client.js';

/** Samples in a packet. */
export const FRAME = 960;
export const echo = manifest([{ id: 'echo', node_type: 'PassThrough' }]);

export function manifest(nodes: object[], connections: object[] = []): object {
  return { version: 'v1', metadata: { name: 'test' }, nodes, connections };
}

/** Nodes in a row. */
export function chain(...nodes: { id: string; node_type: string; params?: object }[]): object {
  const connections = nodes.slice(1).map(({ id }, n) => ({ from: nodes[n]!.id, to: id }));
  return manifest(nodes, connections);
}

/** Packets of 20 ms: the fixture, and nothing. */
export let speech: Buffer[];
export let silence: Buffer;
/** Nothing, for 10 ms. */
export let half: Buffer;
/** The one of the running test. */
export let plane: MediaPlane;
const peers: RawPeer[] = [];
/** What has come up from it. */
export const batches: PlaneBatch[] = [];

beforeAll(async () => {
  const encoder = await createEncoder({ channels: 1, sampleRate: 48_000 });
  const { samples } = loadFixture('speech');
  const frames = Math.floor(samples.length / FRAME);
  speech = Array.from({ length: frames }, (_, n) =>
    Buffer.from(encoder.encodeFloat(samples.slice(n * FRAME, (n + 1) * FRAME))),
  );
  silence = Buffer.from(encoder.encodeFloat(new Float32Array(FRAME)));
  const short = await createEncoder({ channels: 1, sampleRate: 48_000, frameSize: FRAME / 2 });
  half = Buffer.from(short.encodeFloat(new Float32Array(FRAME / 2)));
});

afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
  plane?.close();
  batches.length = 0;
});

/** Makes the plane of a test. */
export function open(create: (typeof PLANES)[number][1], options: MediaPlaneOptions = {}): void {
  plane = create({ bindAddress: '127.0.0.1', port: 0, threads: 1, ...options }, () => {
    batches.push(plane.drain());
  });
}

export async function peerOf(graph: object, options = {}): Promise<RawPeer> {
  const peer = await RawPeer.open(plane, graph, options);
  peers.push(peer);
  return peer;
}

export async function playing(graph: object, options = {}): Promise<RawPeer> {
  const peer = await peerOf(graph, options);
  peer.start();
  await peer.ready();
  return peer;
}

/** As fast as the sockets take them. */
export async function play(peer: RawPeer, packets: Buffer[], from = 0): Promise<void> {
  for (let at = 0; at < packets.length; at += 10) {
    const before = plane.stats(peer.handle).packets_received;
    const some = packets.slice(at, at + 10);
    for (const [n, payload] of some.entries()) peer.send(peer.sealRtp(from + at + n, payload));
    await until(() => plane.stats(peer.handle).packets_received >= before + some.length, 'packets are taken');
  }
}

export const events = () => batches.flatMap((batch) => batch.events).map(({ json }) => JSON.parse(json));
