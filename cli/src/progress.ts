/**
 * A progress bar on standard error, for people: silent where that is not a terminal, and for work that is
 * done before anybody could read it.
 */

const WIDTH = 30;
const SHOW_AFTER_MS = 500;
const REDRAW_MS = 100;

export interface Progress {
  /** `done` of `total` (null where the end is not known), in seconds of audio. */
  update(doneSeconds: number, totalSeconds: number | null): void;
  /** Removes the bar. */
  end(): void;
}

/** The terminal that a bar is drawn on. */
export interface Terminal {
  isTTY?: boolean;
  write(text: string): unknown;
}

export function createProgress(terminal: Terminal, nowMs: () => number): Progress {
  const startMs = nowMs();
  let drawnMs = Number.NEGATIVE_INFINITY;
  return {
    update(doneSeconds, totalSeconds) {
      const now = nowMs();
      if (!terminal.isTTY || now - startMs < SHOW_AFTER_MS || now - drawnMs < REDRAW_MS) return;
      drawnMs = now;
      terminal.write(`\r${draw(doneSeconds, totalSeconds, (now - startMs) / 1000)}\x1b[K`);
    },
    end() {
      if (drawnMs > Number.NEGATIVE_INFINITY) terminal.write('\r\x1b[K');
    },
  };
}

function draw(doneSeconds: number, totalSeconds: number | null, elapsedSeconds: number): string {
  const speed = `${(doneSeconds / elapsedSeconds).toFixed(0)}x real time`;
  if (totalSeconds === null) return `${doneSeconds.toFixed(1)} s  ${speed}`;
  const share = totalSeconds > 0 ? Math.min(1, doneSeconds / totalSeconds) : 1;
  const filled = Math.round(share * WIDTH);
  const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
  return `[${bar}] ${(share * 100).toFixed(0).padStart(3)} %  ${speed}`;
}
