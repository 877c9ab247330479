/** Numbers as people read them; a dash where there is none. */
const NOTHING = '–';

export function milliseconds(value: number | null | undefined, digits = 0): string {
  return value === null || value === undefined ? NOTHING : `${value.toFixed(digits)} ms`;
}

/** Two values of a unit that stands elsewhere. */
export function pair(a: number | null, b: number | null): string {
  const digits = (value: number | null) =>
    value === null ? NOTHING : value.toFixed(value > 0 && value < 10 ? 1 : 0);
  return a === null && b === null ? NOTHING : `${digits(a)} / ${digits(b)}`;
}

/** Below a millisecond two digits matter, above ten none. */
export function microsecondsAsMs(us: number | null | undefined): string {
  if (us === null || us === undefined) return NOTHING;
  const ms = us / 1000;
  return `${ms.toFixed(ms < 1 ? 2 : ms < 10 ? 1 : 0)} ms`;
}

/** From microseconds, in the unit that suits. */
export function fineDuration(us: number): string {
  return us < 1000
    ? `${us.toFixed(us < 10 ? 1 : 0)} µs`
    : us < 1e6
      ? microsecondsAsMs(us)
      : duration(us / 1000);
}

/** A share of the whole, with digits where they matter. */
export function share(fraction: number): string {
  const hundredths = fraction * 100;
  return `${hundredths.toFixed(hundredths < 1 ? 2 : hundredths < 10 ? 1 : 0)} %`;
}

/** How much faster than the audio lasts. */
export function timesRealTime(realTimeFactor: number | null): string {
  if (realTimeFactor === null || realTimeFactor === 0) return NOTHING;
  const times = 1 / realTimeFactor;
  return `${times.toFixed(times < 10 ? 1 : 0)}× real time`;
}

export function mediaTime(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const seconds = ((ms % 60_000) / 1000).toFixed(2).padStart(5, '0');
  return `${minutes}:${seconds}`;
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** Null where nothing was to come. */
export function lossPercent(lost: number, received: number): number | null {
  const expected = lost + received;
  return expected === 0 ? null : (lost / expected) * 100;
}
