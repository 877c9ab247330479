/** One requestAnimationFrame loop for everything that moves. Browsers stop it in hidden tabs; `stop` ends it when nothing is live. */
export class FrameLoop {
  readonly #draw: (nowMs: number) => void;
  /** With reduced motion the pictures step instead of gliding. */
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #handle = 0;
  #lastMs = 0;

  constructor(draw: (nowMs: number) => void) {
    this.#draw = draw;
  }

  get running(): boolean {
    return this.#handle !== 0;
  }

  start(): void {
    if (this.#handle === 0) this.#handle = requestAnimationFrame(this.#frame);
  }

  stop(): void {
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
  }

  readonly #frame = (nowMs: number): void => {
    this.#handle = requestAnimationFrame(this.#frame);
    if (this.#calm.matches && nowMs - this.#lastMs < 250) return;
    this.#lastMs = nowMs;
    this.#draw(nowMs);
  };
}
