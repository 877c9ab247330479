import { describe, expect, it } from 'vitest';
import { MeterBallistics, measureLevel, SILENCE_DBFS, scalePosition, toDbfs } from './level.js';

const sine = (amplitude: number) =>
  Float32Array.from({ length: 4800 }, (_, i) => amplitude * Math.sin((2 * Math.PI * 100 * i) / 4800));

describe('levels', () => {
  it('gives a full-scale sine 0 dBFS peak and -3.01 dBFS RMS', () => {
    const { rms, peak } = measureLevel(sine(1));
    expect(toDbfs(peak)).toBeCloseTo(0, 2);
    expect(toDbfs(rms)).toBeCloseTo(-3.01, 2);
  });

  it('halves amplitude as 6.02 dB', () => {
    expect(toDbfs(0.25) - toDbfs(0.5)).toBeCloseTo(-6.02, 2);
  });

  it('calls silence -120 dBFS, an empty block too', () => {
    expect(toDbfs(measureLevel(new Float32Array(480)).rms)).toBe(SILENCE_DBFS);
    expect(measureLevel(new Float32Array(0))).toEqual({ rms: 0, peak: 0 });
  });

  it('places levels on the scale linearly in decibel and keeps them on it', () => {
    expect([-200, -60, -30, 0, 6].map((dbfs) => scalePosition(dbfs))).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe('the needle', () => {
  it('rises at once and falls by its rate', () => {
    const needle = new MeterBallistics({ fallDbPerSecond: 20, holdMs: 1000 });
    needle.update({ rms: 0.5, peak: 1 }, 0);
    expect(needle.rmsDbfs).toBeCloseTo(-6.02, 2);
    needle.update({ rms: 0, peak: 0 }, 500);
    expect(needle.rmsDbfs).toBeCloseTo(-16.02, 2);
  });

  it('holds a peak, then lets it fall', () => {
    const needle = new MeterBallistics({ fallDbPerSecond: 20, holdMs: 1000 });
    needle.update({ rms: 0, peak: 1 }, 0);
    needle.update({ rms: 0, peak: 0.1 }, 900);
    expect(needle.peakDbfs).toBe(0);
    needle.update({ rms: 0, peak: 0.1 }, 1400);
    expect(needle.peakDbfs).toBeCloseTo(-10, 5);
  });

  it('ends at silence and not below, however long it falls', () => {
    const needle = new MeterBallistics();
    needle.update({ rms: 1, peak: 1 }, 0);
    needle.update({ rms: 0, peak: 0 }, 1e9);
    expect(needle.rmsDbfs).toBe(SILENCE_DBFS);
  });
});
