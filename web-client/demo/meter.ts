/** A horizontal level meter on a dBFS scale: RMS as the bar, held peak as the line, the numbers as text. */
import { type Level, MeterBallistics, measureLevel, SILENCE_DBFS, scalePosition } from '../src/index.js';

const FLOOR_DBFS = -60;
const TICKS_DBFS = [-60, -48, -36, -24, -12, -6, 0];
/** Text that changes at the display's rate cannot be read, and floods a screen reader. */
const TEXT_INTERVAL_MS = 200;

export class Meter {
  readonly #element: HTMLElement;
  readonly #reading: HTMLElement;
  readonly #bar = document.createElement('div');
  readonly #peak = document.createElement('div');
  readonly #ballistics = new MeterBallistics();
  #pending: Level = { rms: 0, peak: 0 };
  #textAtMs = 0;

  constructor(element: HTMLElement, reading: HTMLElement) {
    this.#element = element;
    this.#reading = reading;
    const track = document.createElement('div');
    track.className = 'meter-track';
    this.#bar.className = 'meter-bar';
    this.#peak.className = 'meter-peak';
    track.append(this.#bar, this.#peak);
    const scale = document.createElement('div');
    scale.className = 'meter-scale';
    scale.setAttribute('aria-hidden', 'true');
    for (const dbfs of TICKS_DBFS) {
      const tick = document.createElement('span');
      tick.textContent = `${dbfs}`.replace('-', '−');
      tick.style.left = `${scalePosition(dbfs, FLOOR_DBFS) * 100}%`;
      scale.append(tick);
    }
    element.append(track, scale);
    this.clear();
  }

  push(samples: Float32Array): void {
    const level = measureLevel(samples);
    this.#pending = {
      rms: Math.max(level.rms, this.#pending.rms),
      peak: Math.max(level.peak, this.#pending.peak),
    };
  }

  draw(nowMs: number): void {
    this.#ballistics.update(this.#pending, nowMs);
    this.#pending = { rms: 0, peak: 0 };
    const { rmsDbfs, peakDbfs } = this.#ballistics;
    this.#bar.style.clipPath = `inset(0 ${100 - scalePosition(rmsDbfs, FLOOR_DBFS) * 100}% 0 0)`;
    this.#peak.style.left = `${scalePosition(peakDbfs, FLOOR_DBFS) * 100}%`;
    this.#peak.classList.toggle('clipping', peakDbfs > -0.2);
    if (nowMs - this.#textAtMs < TEXT_INTERVAL_MS) return;
    this.#textAtMs = nowMs;
    this.#reading.textContent = `${decibels(rmsDbfs)} RMS · ${decibels(peakDbfs)} peak dBFS`;
    this.#element.setAttribute('aria-valuenow', String(Math.round(Math.max(FLOOR_DBFS, rmsDbfs))));
    this.#element.setAttribute('aria-valuetext', `${Math.round(rmsDbfs)} decibel full scale`);
  }

  clear(): void {
    this.#ballistics.reset();
    this.#pending = { rms: 0, peak: 0 };
    this.#bar.style.clipPath = 'inset(0 100% 0 0)';
    this.#peak.style.left = '0%';
    this.#reading.textContent = '–';
    this.#element.setAttribute('aria-valuenow', String(FLOOR_DBFS));
  }
}

function decibels(dbfs: number): string {
  return dbfs <= SILENCE_DBFS + 20 ? '−∞' : dbfs.toFixed(1).replace('-', '−');
}
