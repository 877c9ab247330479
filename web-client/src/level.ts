/** Level arithmetic on samples in -1..1. dBFS here is relative to a full-scale square wave: a full-scale sine has -3.01 dBFS RMS. */

/** Silence is this, not minus infinity, so that arithmetic and JSON keep working. */
export const SILENCE_DBFS = -120;

export function toDbfs(amplitude: number): number {
  return amplitude > 1e-6 ? 20 * Math.log10(amplitude) : SILENCE_DBFS;
}

export interface Level {
  rms: number;
  peak: number;
}

export function measureLevel(samples: Float32Array): Level {
  let sum = 0;
  let peak = 0;
  for (const sample of samples) {
    const magnitude = Math.abs(sample);
    if (magnitude > peak) peak = magnitude;
    sum += sample * sample;
  }
  return { rms: samples.length === 0 ? 0 : Math.sqrt(sum / samples.length), peak };
}

/** Where a level stands on a linear-in-decibel scale from `floorDbfs` (0) to 0 dBFS (1). */
export function scalePosition(dbfs: number, floorDbfs = -60): number {
  return Math.min(1, Math.max(0, 1 - dbfs / floorDbfs));
}

/**
 * Needle movement: rises at once, falls by `fallDbPerSecond`, and holds the highest peak for `holdMs` before letting it fall too.
 * Time is an argument.
 */
export class MeterBallistics {
  rmsDbfs = SILENCE_DBFS;
  peakDbfs = SILENCE_DBFS;
  readonly #fallDbPerSecond: number;
  readonly #holdMs: number;
  #peakAtMs = 0;
  #lastMs: number | undefined;

  constructor({ fallDbPerSecond = 24, holdMs = 1200 } = {}) {
    this.#fallDbPerSecond = fallDbPerSecond;
    this.#holdMs = holdMs;
  }

  update(level: Level, nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - (this.#lastMs ?? nowMs));
    this.#lastMs = nowMs;
    const fallDb = (this.#fallDbPerSecond * elapsedMs) / 1000;
    this.rmsDbfs = Math.max(toDbfs(level.rms), this.rmsDbfs - fallDb, SILENCE_DBFS);
    const peakDbfs = toDbfs(level.peak);
    if (peakDbfs >= this.peakDbfs) {
      this.peakDbfs = peakDbfs;
      this.#peakAtMs = nowMs;
    } else if (nowMs - this.#peakAtMs > this.#holdMs) {
      this.peakDbfs = Math.max(peakDbfs, this.peakDbfs - fallDb);
    }
  }

  reset(): void {
    this.rmsDbfs = SILENCE_DBFS;
    this.peakDbfs = SILENCE_DBFS;
    this.#lastMs = undefined;
  }
}
