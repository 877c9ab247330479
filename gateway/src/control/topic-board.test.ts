import { describe, expect, it } from 'vitest';
import type { SessionEvent } from '../session/events.js';
import { parseTopic } from './topic.js';
import { TopicBoard, type TopicMessage } from './topic-board.js';

const event = (node_id: string, type: string) => ({ node_id, type }) as SessionEvent;
const frame = (nodeId: string) => ({
  handle: 1,
  nodeId,
  sampleRate: 48_000,
  channels: 1,
  mediaTimeSamples: 0,
  samples: new Float32Array(480),
});

function boardWithTaps() {
  const taps: string[] = [];
  const board = new TopicBoard((nodeId, isTapped) => taps.push(`${isTapped ? '+' : '-'}${nodeId}`));
  return { board, taps };
}

describe('a topic', () => {
  it('names a node, a direction and perhaps a port', () => {
    expect(parseTopic('vad.out', 'out')).toEqual({ nodeId: 'vad', direction: 'out', port: null });
    expect(parseTopic('a.in.b.out.audio', 'out')).toEqual({
      nodeId: 'a.in.b',
      direction: 'out',
      port: 'audio',
    });
    expect(parseTopic('llm.in', 'in').nodeId).toBe('llm');
  });

  it.each(['vad', '.out', 'vad.in', 'vad.out.', 'vad.out.a b', `${'x'.repeat(129)}.out`])(
    'is refused as "%s"',
    (text) => {
      expect(() => parseTopic(text, 'out')).toThrow(expect.objectContaining({ code: 'invalid_topic' }));
    },
  );
});

describe('a board', () => {
  it('tells events to who listens to their node, or to their type alone', () => {
    const { board } = boardWithTaps();
    const heard: string[] = [];
    for (const topic of ['vad.out', 'vad.out.events', 'vad.out.speech_started', 'vad.out.audio', 'level.out'])
      board.subscribe(topic, false, () => heard.push(topic));
    board.event(event('vad', 'speech_started'));
    expect(heard).toEqual(['vad.out', 'vad.out.events', 'vad.out.speech_started']);
    heard.length = 0;
    board.event(event('vad', 'speech_stopped'));
    expect(heard).toEqual(['vad.out', 'vad.out.events']);
  });

  it('taps a node while anybody wants its audio', () => {
    const { board, taps } = boardWithTaps();
    const heard: TopicMessage[] = [];
    const first = board.subscribe('gain.out', true, (message) => heard.push(message));
    const second = board.subscribe('gain.out.audio', true, (message) => heard.push(message));
    board.subscribe('gain.out', false, (message) => heard.push(message));
    expect(taps).toEqual(['+gain']);
    board.audio(frame('gain'));
    board.audio(frame('other'));
    expect(heard.map(({ kind }) => kind)).toEqual(['audio', 'audio']);
    first.close();
    first.close();
    expect(taps).toEqual(['+gain']);
    second.close();
    expect(taps).toEqual(['+gain', '-gain']);
    board.audio(frame('gain'));
    expect(heard).toHaveLength(2);
  });
});
