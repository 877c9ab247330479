import type { AudioItem } from '@remotemedia/pipeline';
import { describe, expect, it } from 'vitest';
import { piecesOf } from './pieces.js';

const audio = (length: number): AudioItem => {
  const plane = Float32Array.from({ length }, (_, index) => index);
  return { kind: 'audio', planes: [plane, plane], sampleRate: 8000, mediaTimeSamples: 100 };
};

describe('long audio', () => {
  it('is cut into pieces that know their place, and nothing of it is lost', () => {
    const pieces = [...piecesOf(audio(4000))] as AudioItem[];
    expect(pieces.map(({ planes }) => planes[0]!.length)).toEqual([1600, 1600, 800]);
    expect(pieces.map(({ mediaTimeSamples }) => mediaTimeSamples)).toEqual([100, 1700, 3300]);
    expect(pieces.flatMap(({ planes }) => [...planes[1]!])).toEqual([...audio(4000).planes[1]!]);
  });

  it('is left alone where it is short, as is what is no audio, and what is unsound', () => {
    const items = [
      audio(1600),
      audio(0),
      { kind: 'value' as const, value: 1 },
      { ...audio(5), sampleRate: 0 },
    ];
    for (const item of items.slice(0, 3)) expect([...piecesOf(item)]).toEqual([item]);
    expect([...piecesOf(items[3]!)]).toHaveLength(5);
  });
});
