import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { afterEach, expect, test } from 'vitest';
import { isNativeError, loadNative, type MediaPlane, NATIVE_PATH, type PlaneMediaOptions } from './index.js';
import { missingFrom, SURFACE } from './surface.js';

const native = loadNative();
const manifest = JSON.stringify({
  version: 'v1',
  metadata: { name: 'echo' },
  nodes: [{ id: 'echo', node_type: 'PassThrough' }],
  connections: [],
});
const media: PlaneMediaOptions = {
  profile: 0x0007,
  localKey: new Uint8Array(16),
  localSalt: new Uint8Array(12),
  remoteKey: new Uint8Array(16),
  remoteSalt: new Uint8Array(12),
  remoteAddress: '127.0.0.1',
  remotePort: 9,
  send: true,
  receive: true,
  sendSsrc: 0xffff_ffff,
  sendPayloadType: 111,
  receivePayloadType: 111,
  cname: 'test',
};

let plane: MediaPlane | undefined;
afterEach(() => plane?.close());

function open(): MediaPlane {
  plane = new native.MediaPlane({ bindAddress: '127.0.0.1' }, () => {});
  return plane;
}

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    if (isNativeError(error)) return error.code;
    throw error;
  }
  return undefined;
}

test('the surface of the addon is the one that the types declare, and that is demanded where it is loaded', () => {
  const classes = createRequire(import.meta.url)(NATIVE_PATH) as { [name: string]: { prototype?: object } };
  const found = Object.keys(classes).map((name) => {
    const members = Object.getOwnPropertyNames(classes[name]!.prototype ?? {});
    return [name, members.filter((member) => member !== 'constructor').sort()];
  });
  const demanded = Object.entries(SURFACE).map(([name, members]) => [name, members.toSorted()]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(demanded));
});

test('an addon that lacks a function, or a method, is found out', () => {
  const { validateManifest: _, ...older } = native;
  expect(missingFrom({})).toBe('MediaPlane');
  expect(missingFrom(older)).toBe('validateManifest');
  expect(missingFrom({ ...native, Resampler: class {} })).toBe('Resampler.convert');
  expect(missingFrom(native)).toBeUndefined();
});

test('a session takes a slot until it is closed, and a drain without traffic is empty', () => {
  const plane = open();
  const handle = plane.openSession({ localUfrag: 'abcd', manifest });
  plane.startMedia(handle, media);
  expect(plane.planeStats().sessions).toBe(1);
  expect(plane.stats(handle)).toMatchObject({ packets_received: 0, gateway_latency_us: { count: 0 } });
  const { dropped, ...lists } = plane.drain();
  expect(dropped).toBe(0);
  for (const list of Object.values(lists)) expect(list).toEqual([]);
  plane.closeSession(handle);
  plane.closeSession(handle);
  expect(plane.planeStats().sessions).toBe(0);
  expect(codeOf(() => plane.stats(handle))).toBe('unknown_handle');
});

test('sessions are measured, and added up by the name of their pipeline', () => {
  const plane = open();
  const named = plane.openSession({ localUfrag: 'abcd', manifest, pipeline: 'echo' });
  const nameless = plane.openSession({ localUfrag: 'efgh', manifest });
  expect(plane.metrics(named)).toMatchObject({
    pipeline_id: 'echo',
    total_executions: 0,
    real_time_factor: null,
    node_metrics: [{ node_id: 'echo', node_type: 'PassThrough', execution_count: 0, success_rate: null }],
  });
  expect(plane.metrics(nameless)).toMatchObject({ pipeline_id: null });
  plane.closeSession(named);
  expect(codeOf(() => plane.metrics(named))).toBe('unknown_handle');
  const { pipelines, media } = plane.totals();
  const labels = pipelines.map(({ pipeline, nodes }) => [pipeline, nodes.map(({ node }) => node)]);
  expect(labels).toEqual([
    [null, ['PassThrough']],
    ['echo', ['echo']],
  ]);
  expect(media).toMatchObject({ sessions: 2, packets_received: 0, gateway_latency: { count: 0, sum_s: 0 } });
});

test('with metrics off nothing is measured', () => {
  plane = new native.MediaPlane({ bindAddress: '127.0.0.1', metrics: false }, () => {});
  const handle = plane.openSession({ localUfrag: 'abcd', manifest, pipeline: 'echo' });
  expect(plane.metrics(handle)).toBeNull();
  expect(plane.totals().pipelines).toEqual([]);
});

test('mistakes throw errors with codes, and a bad manifest with all complaints', () => {
  const plane = open();
  const handle = plane.openSession({ localUfrag: 'abcd', manifest });
  expect(codeOf(() => plane.openSession({ localUfrag: 'abcd', manifest }))).toBe('duplicate_ufrag');
  expect(codeOf(() => plane.openSession({ localUfrag: 'a b', manifest }))).toBe('invalid_options');
  expect(codeOf(() => plane.openSession({ localUfrag: 'efgh', manifest, inactivityMs: -1 }))).toBe(
    'invalid_options',
  );
  expect(codeOf(() => plane.endInput(handle, 'flush'))).toBe('media_not_started');
  expect(codeOf(() => plane.startMedia(handle, { ...media, profile: 2 }))).toBe('unsupported_profile');
  expect(codeOf(() => plane.startMedia(handle, { ...media, localKey: new Uint8Array(3) }))).toBe(
    'invalid_keys',
  );
  expect(codeOf(() => plane.startMedia(handle, { ...media, remoteAddress: 'here' }))).toBe('invalid_address');
  plane.startMedia(handle, media);
  expect(codeOf(() => plane.startMedia(handle, media))).toBe('media_already_started');
  const bad = '{"version":"v1","nodes":[{"id":"a","node_type":"Nothing"},{"id":"a","node_type":"GainNode"}]}';
  try {
    plane.openSession({ localUfrag: 'ijkl', manifest: bad });
    expect.unreachable();
  } catch (error) {
    if (!isNativeError(error)) throw error;
    expect(error.code).toBe('invalid_manifest');
    expect(error.complaints?.length).toBeGreaterThan(1);
    for (const complaint of error.complaints ?? []) {
      expect(Object.keys(complaint).sort()).toEqual(['code', 'hint', 'message', 'path']);
    }
  }
});

test('after close every call says so, and close may be called again', () => {
  const plane = open();
  plane.close();
  plane.close();
  expect(codeOf(() => plane.openSession({ localUfrag: 'abcd', manifest }))).toBe('plane_closed');
  expect(plane.drain().datagrams).toEqual([]);
});

test('neither an open plane nor a closed one keeps the process alive', () => {
  for (const close of ['', 'plane.close();']) {
    const script = `const { MediaPlane } = require(${JSON.stringify(NATIVE_PATH)});
      const plane = new MediaPlane({ bindAddress: '127.0.0.1' }, () => {}); ${close}`;
    const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script], {
      timeout: 10_000,
      encoding: 'utf8',
    });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  }
});
