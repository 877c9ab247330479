/** Cuts what a guest prints into lines, and holds them to {@link PRINT_LIMITS}: neither a line nor their number grows without bound. */
import { droppedNote, PRINT_LIMITS } from './interpreter.js';

export class PrintedLines {
  #open = '';
  #secondStart = Number.NEGATIVE_INFINITY;
  #lines = 0;
  #dropped = 0;

  constructor(private readonly emit: (line: string) => void) {}

  /** @param now in milliseconds, of any clock that only goes forward. */
  push(text: string, now: number): void {
    const lines = text.split('\n');
    lines[0] = this.#open + lines[0]!;
    this.#open = lines.pop()!.slice(0, PRINT_LIMITS.lineCharacters);
    for (const line of lines) this.#line(line, now);
  }

  /** Nothing more will come. */
  end(now: number): void {
    if (this.#open) this.#line(this.#open, now);
    this.#open = '';
    this.#reportDropped();
  }

  #line(line: string, now: number): void {
    if (now - this.#secondStart >= 1000) {
      this.#secondStart = now;
      this.#lines = 0;
      this.#reportDropped();
    }
    if (this.#lines++ < PRINT_LIMITS.linesPerSecond) this.emit(line.slice(0, PRINT_LIMITS.lineCharacters));
    else this.#dropped++;
  }

  #reportDropped(): void {
    if (this.#dropped > 0) this.emit(droppedNote(this.#dropped));
    this.#dropped = 0;
  }
}
