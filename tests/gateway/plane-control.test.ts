/** Control of running sessions, and nodes outside in them, on both media planes: the same commands do the same, to the sample. */
import { describe, expect, it } from 'vitest';
import {
  batches,
  chain,
  echo,
  half,
  open,
  peerOf,
  plane,
  play,
  playing,
  silence,
  speech,
} from './support/conversation.js';
import { PLANES } from './support/planes.js';
import { until } from './support/werift-client.js';

/** Types of nodes outside: one in the chain, one that only speaks, one that wants stereo. */
const OUTSIDE = JSON.stringify([
  { node_type: 'Twice', summary: '', executor: 'javascript', takes: ['audio'], gives: ['audio'] },
  { node_type: 'Voice', summary: '', executor: 'javascript', takes: ['value'], gives: ['audio'] },
  {
    node_type: 'Wide',
    summary: '',
    executor: 'javascript',
    takes: ['audio'],
    gives: ['audio'],
    input: { channels: 2 },
  },
]);

function doubled(execution: object): object {
  const twice = { id: 'twice', node_type: 'Twice', execution };
  return chain({ id: 'before', node_type: 'GainNode' }, twice, { id: 'after', node_type: 'GainNode' });
}

const taps = (node: string) => batches.flatMap((batch) => batch.taps).filter(({ nodeId }) => nodeId === node);
const flushed = () => batches.flatMap((batch) => batch.flushed);
const loudest = (frames: readonly { samples: Float32Array }[]) =>
  Math.max(...frames.flatMap(({ samples }) => [...samples].map(Math.abs)));

describe.each(PLANES)('the %s plane', (_, create) => {
  it('takes up the audio of tapped nodes, and lets go of it', async () => {
    open(create);
    const peer = await peerOf(
      chain({ id: 'slow', node_type: 'LimiterNode' }, { id: 'echo', node_type: 'PassThrough' }),
    );
    plane.tap(peer.handle, 'slow', true);
    peer.start();
    await peer.ready();
    plane.tap(peer.handle, 'echo', true);
    await play(peer, speech.slice(30, 60));
    await until(() => taps('slow').length === 60 && taps('echo').length === 60, 'every frame is told');
    for (const frames of [taps('slow'), taps('echo')]) {
      const latency = frames[0]!.mediaTimeSamples;
      expect(latency).toBeLessThan(0);
      expect(frames.map(({ mediaTimeSamples }) => mediaTimeSamples)).toEqual(
        frames.map((_, n) => latency + n * 480),
      );
      for (const frame of frames)
        expect(frame).toMatchObject({ handle: peer.handle, sampleRate: 48_000, channels: 1 });
    }
    expect(taps('echo').map(({ samples }) => samples)).toEqual(taps('slow').map(({ samples }) => samples));
    expect(loudest(taps('echo'))).toBeGreaterThan(0.01);

    for (const node of ['slow', 'echo']) plane.tap(peer.handle, node, false);
    await play(peer, speech.slice(60, 70), 30);
    plane.flushAudio(peer.handle);
    await until(() => flushed().length === 1, 'all of it was done');
    expect(taps('echo')).toHaveLength(60);
    expect(plane.stats(peer.handle).audio_frames_dropped).toBe(0);
  });

  it('switches nodes off and on, before and after the start', async () => {
    open(create);
    const mute = { id: 'mute', node_type: 'FaultNode', params: { after_ms: 0, kind: 'silence' } };
    const peer = await peerOf(chain(mute, { id: 'echo', node_type: 'PassThrough' }));
    plane.setNodeState(peer.handle, 'mute', 'bypass');
    peer.start();
    await peer.ready();
    plane.tap(peer.handle, 'echo', true);
    await play(peer, speech.slice(30, 60));
    await until(() => taps('echo').length === 60, 'every frame is told');
    expect(loudest(taps('echo'))).toBeGreaterThan(0.01);

    plane.setNodeState(peer.handle, 'mute', 'enabled');
    await play(peer, speech.slice(60, 90), 30);
    await until(() => taps('echo').length === 120, 'every frame is told');
    // The first one fades.
    expect(loudest(taps('echo').slice(61))).toBe(0);
  });

  it('lets a node outside change the audio within its patience, and stands in for it when it is late', async () => {
    open(create);
    const peer = await peerOf(doubled({ patience_ms: 40 }), { externals: OUTSIDE });
    expect(plane.hosts(peer.handle)).toEqual([
      {
        nodeId: 'twice',
        input: { sampleRate: 48_000, channels: 1 },
        output: { sampleRate: 48_000, channels: 1 },
      },
    ]);
    peer.start();
    await peer.ready();
    plane.tap(peer.handle, 'before', true);
    plane.tap(peer.handle, 'twice', true);
    const heardFrames = () => batches.flatMap((batch) => batch.hostFrames);
    const one = async (n: number) => {
      peer.send(peer.sealRtp(n, speech[30 + n]!));
      await until(() => heardFrames().length === 2 * n + 2, 'its frames are told');
    };
    for (let n = 0; n < 20; n++) {
      await one(n);
      for (const { position, samples } of heardFrames().slice(-2)) {
        const twice = samples.map((sample) => sample * 2);
        expect(plane.giveHostAudio(peer.handle, 0, position, twice)).toBe(480);
      }
    }
    for (let n = 20; n < 30; n++) await one(n);
    expect(heardFrames().map(({ position }) => position)).toEqual(heardFrames().map((_, n) => n * 480));
    await until(() => taps('twice').length === 60, 'every frame is told');
    const samplesOf = (node: string) => taps(node).flatMap(({ samples }) => [...samples]);
    const [before, after] = [samplesOf('before'), samplesOf('twice')];
    const delay = 1920;
    expect(after.slice(0, delay).every((sample) => sample === 0)).toBe(true);
    for (let at = delay; at < after.length; at++) {
      const factor = at - delay < 40 * 480 ? 2 : 1;
      expect(after[at]).toBe(before[at - delay]! * factor);
    }
    // The last answers were due in the frames of which the first 40 ms are theirs.
    expect(plane.hostLate(peer.handle, 0)).toBe(16);
    expect(plane.hostQueued(peer.handle, 0)).toBe(0);
  });

  it('plays what a node outside says in its turn, and forgets it when somebody speaks up', async () => {
    open(create);
    const peer = await peerOf(chain({ id: 'voice', node_type: 'Voice' }), { externals: OUTSIDE });
    peer.start();
    await peer.ready();
    plane.tap(peer.handle, 'voice', true);
    const said = new Float32Array(48_000).map((_, at) => (at + 1) / 96_000);
    expect(plane.giveHostAudio(peer.handle, 0, -1, said)).toBe(48_000);
    expect(plane.hostQueued(peer.handle, 0)).toBe(48_000);
    await play(peer, [silence, silence, silence]);
    await until(() => taps('voice').length === 6, 'every frame is told');
    expect(taps('voice').flatMap(({ samples }) => [...samples])).toEqual([...said.slice(0, 6 * 480)]);
    expect(plane.hostQueued(peer.handle, 0)).toBe(48_000 - 6 * 480);
    plane.flushAudio(peer.handle);
    await until(() => flushed().length === 1, 'it is forgotten');
    expect(flushed()[0]!.framesDropped).toBe(94);
    await play(peer, [silence], 3);
    expect(plane.hostQueued(peer.handle, 0)).toBe(0);
    await until(() => taps('voice').length === 8, 'every frame is told');
    expect(loudest(taps('voice').slice(6))).toBe(0);
  });

  it('refuses a pipeline whose parts nobody runs, and answers of nobody', async () => {
    open(create);
    const graph = JSON.stringify(doubled({}));
    const refused = { localUfrag: 'abcd', manifest: graph };
    expect(() => plane.openSession(refused)).toThrow(expect.objectContaining({ code: 'invalid_manifest' }));
    expect(() => plane.openSession({ ...refused, externals: '{' })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
    const peer = await peerOf(doubled({}), { externals: OUTSIDE });
    const give = (host: number, length: number) => () =>
      plane.giveHostAudio(peer.handle, host, 0, new Float32Array(length));
    expect(give(0, 480)).toThrow(expect.objectContaining({ code: 'media_not_started' }));
    peer.start();
    await peer.ready();
    expect(give(1, 480)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
    const two = await peerOf(chain({ id: 'wide', node_type: 'Wide' }), { externals: OUTSIDE });
    two.start();
    await two.ready();
    expect(() => plane.giveHostAudio(two.handle, 0, 0, new Float32Array(481))).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });

  it('throws away what waits to be sent, and says how much', async () => {
    open(create);
    const peer = await playing(echo);
    plane.flushAudio(peer.handle);
    // Half of a packet to come.
    peer.send(peer.sealRtp(0, half));
    await until(() => plane.stats(peer.handle).packets_received === 1, 'the packet is taken');
    plane.flushAudio(peer.handle);
    plane.flushAudio(peer.handle);
    await until(() => flushed().length === 3, 'each is answered');
    expect(flushed().map(({ handle, framesDropped }) => [handle, framesDropped])).toEqual([
      [peer.handle, 0],
      [peer.handle, 1],
      [peer.handle, 0],
    ]);
    await play(peer, [silence, silence], 1);
    await until(() => peer.rtp.length === 2, 'audio goes on');
  });
});
