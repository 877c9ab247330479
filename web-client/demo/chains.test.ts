import { describe, expect, it } from 'vitest';
import { chainsOf } from './chains.js';

const graph = (ids: string, ...connections: string[]) => ({
  nodes: [...ids].map((id) => ({ id })),
  connections: connections.map((pair) => ({ from: pair[0]!, to: pair[1]! })),
});

describe('the chains of a pipeline', () => {
  it('are one line for a straight pipeline, in the order of the audio and not of the file', () => {
    expect(chainsOf(graph('cab', 'bc', 'ab'))).toEqual([['a', 'b', 'c']]);
  });

  it('show a branch from where it leaves', () => {
    expect(chainsOf(graph('hdavl', 'hd', 'da', 'hv', 'al'))).toEqual([
      ['h', 'd', 'a', 'l'],
      ['h', 'v'],
    ]);
  });

  it('show where branches meet again, and use every connection once', () => {
    expect(chainsOf(graph('abcd', 'ab', 'ac', 'bd', 'cd'))).toEqual([
      ['a', 'b', 'd'],
      ['a', 'c', 'd'],
    ]);
  });

  it('show nodes that nothing is connected to', () => {
    expect(chainsOf(graph('ab'))).toEqual([['a'], ['b']]);
  });
});
