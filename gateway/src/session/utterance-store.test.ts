import { encodeWav } from '@remotemedia/pipeline';
import { describe, expect, it } from 'vitest';
import { UtteranceStore } from './utterance-store.js';

describe('UtteranceStore', () => {
  it('numbers the utterances of all nodes in one row', () => {
    const store = new UtteranceStore({ utterances: 4, bytes: 1000 });
    expect(store.add('a', 0, 16_000, new Int16Array(1))).toBe(0);
    expect(store.add('b', 0, 16_000, new Int16Array(1))).toBe(1);
    expect(store.add('a', 1, 16_000, new Int16Array(1))).toBe(2);
    expect(store.number('b', 0)).toBe(1);
    expect(store.number('a', 1)).toBe(2);
  });

  it('gives an utterance one number, whether its event or its audio comes first', () => {
    const store = new UtteranceStore({ utterances: 4, bytes: 1000 });
    expect(store.number('a', 0)).toBe(0);
    expect(store.add('b', 0, 16_000, new Int16Array(1))).toBe(1);
    expect(store.add('a', 0, 16_000, new Int16Array(1))).toBe(0);
    expect(store.number('b', 0)).toBe(1);
  });

  it('keeps the last ones, by number', () => {
    const store = new UtteranceStore({ utterances: 2, bytes: 1000 });
    for (let index = 0; index < 5; index++) store.add('a', index, 16_000, new Int16Array(1));
    expect(store.list().map(({ index }) => index)).toEqual([3, 4]);
    expect(store.get(2)).toBeUndefined();
    expect(store.evicted).toBe(3);
  });

  it('keeps the last ones, by bytes, and nothing that is larger than the whole', () => {
    const store = new UtteranceStore({ utterances: 10, bytes: 100 });
    store.add('a', 0, 16_000, new Int16Array(20));
    store.add('a', 1, 16_000, new Int16Array(20));
    store.add('a', 2, 16_000, new Int16Array(20));
    expect(store.list().map(({ index }) => index)).toEqual([1, 2]);
    store.add('a', 3, 16_000, new Int16Array(51));
    expect(store.list()).toEqual([]);
    store.add('a', 4, 16_000, new Int16Array(20));
    expect(store.list()).toHaveLength(1);
  });
});

describe('wavFile', () => {
  it('is 16-bit mono PCM with right lengths', () => {
    const wav = Buffer.from(encodeWav(Int16Array.of(1, -2, 32_767, -32_768), 16_000));
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    expect(wav.toString('latin1', 8, 16)).toBe('WAVEfmt ');
    expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt32LE(28)]).toEqual([
      1, 1, 16_000, 32_000,
    ]);
    expect([wav.readUInt16LE(32), wav.readUInt16LE(34)]).toEqual([2, 16]);
    expect(wav.readUInt32LE(40)).toBe(8);
    expect([44, 46, 48, 50].map((at) => wav.readInt16LE(at))).toEqual([1, -2, 32_767, -32_768]);
  });
});
