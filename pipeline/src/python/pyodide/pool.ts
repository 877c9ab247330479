/**
 * Interpreters that boot before they are needed, for booting takes two seconds. Each node has an interpreter for itself (80 MB): one that
 * hangs is killed without taking another's state along, memory is limited per node, and nodes run at the same time.
 */
import type { StartInterpreter } from '../../guest/interpreter.js';
import type { Adoption, PyodideInterpreter } from './interpreter.js';

export class PyodidePool {
  readonly #make: () => PyodideInterpreter;
  readonly #spare: PyodideInterpreter[] = [];
  /** How many are kept booted. Whoever has taken two will want a third; a command that runs one node pays for no spare. */
  #size = 0;
  #taken = 0;

  constructor(make: () => PyodideInterpreter) {
    this.#make = make;
  }

  /** Keeps `count` of them ready, until somebody has taken two more. */
  warm(count: number): void {
    this.#size = count;
    this.#taken = 0;
    this.#refill();
    for (const surplus of this.#spare.splice(count)) surplus.kill();
  }

  /** For `PythonNode`: an interpreter that is ready, or will be. */
  starter(adoption: () => Promise<Adoption>): StartInterpreter {
    return (events) => {
      const interpreter = this.#take();
      interpreter.adopt(events, adoption());
      return interpreter;
    };
  }

  #take(): PyodideInterpreter {
    let interpreter = this.#spare.shift();
    while (interpreter?.failure) interpreter = this.#spare.shift();
    interpreter ??= this.#make();
    if (++this.#taken === 2) this.#size = Math.max(this.#size, 1);
    // Not at once: a spare that boots beside it would slow it down.
    interpreter.whenBooted(() => this.#refill());
    return interpreter;
  }

  #refill(): void {
    while (this.#spare.length < this.#size) this.#spare.push(this.#make());
  }
}
