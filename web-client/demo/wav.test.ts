import { describe, expect, it } from 'vitest';
import { Recorder } from './recorder.js';
import { encodeWav } from './wav.js';

describe('the saved WAV', () => {
  it('has a header that says what follows it', () => {
    const bytes = encodeWav([Float32Array.of(0, 1), Float32Array.of(-1)], 48_000);
    const view = new DataView(bytes.buffer);
    const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
    expect([ascii(0, 4), ascii(8, 16), ascii(36, 40)]).toEqual(['RIFF', 'WAVEfmt ', 'data']);
    expect(view.getUint32(4, true)).toBe(bytes.length - 8);
    expect(view.getUint32(24, true)).toBe(48_000);
    expect(view.getUint32(40, true)).toBe(6);
    expect([44, 46, 48].map((offset) => view.getInt16(offset, true))).toEqual([0, 32767, -32767]);
  });

  it('clips what is louder than full scale instead of wrapping it', () => {
    const view = new DataView(encodeWav([Float32Array.of(1.5, -1.5)], 8000).buffer);
    expect([view.getInt16(44, true), view.getInt16(46, true)]).toEqual([32767, -32767]);
  });
});

describe('the recorder', () => {
  it('keeps the newest seconds and forgets the oldest block first', () => {
    const recorder = new Recorder(100, 2);
    for (const value of [0.1, 0.2, 0.3, 0.4]) recorder.push(new Float32Array(60).fill(value));
    expect(recorder.seconds).toBeCloseTo(1.8);
    const first = new DataView(recorder.toWav().buffer).getInt16(44, true);
    expect(first).toBe(Math.round(0.2 * 32767));
  });
});
