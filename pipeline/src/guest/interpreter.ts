/** What `GuestNode` needs of what runs it, a process or a thread: an interpreter belongs to one node. */
import type { NodeFailure } from '../external/external-node.js';

export interface InterpreterEvents {
  /** A whole message, see `message.ts`; the receiver may keep it. */
  answer(message: Uint8Array<ArrayBuffer>): void;
  /** A line that was printed, without its end. */
  log(line: string): void;
  /** It is dead without having been killed; nothing comes after this. */
  ended(failure: NodeFailure): void;
}

export interface Interpreter {
  /** Queued until the interpreter is up. The message is given away. */
  post(message: Uint8Array<ArrayBuffer>): void;
  /** At once, whatever it is doing; no event comes afterwards. Idempotent. */
  kill(): void;
}

/** Starts one, without waiting for it; what goes wrong is told by `ended`. */
export type StartInterpreter = (events: InterpreterEvents) => Interpreter;

/** How much a node may print; what goes beyond is dropped and counted. */
export const PRINT_LIMITS = { linesPerSecond: 200, lineCharacters: 2000 } as const;

/** Stands in the log for lines beyond the limits. */
export function droppedNote(lines: number): string {
  return `… ${lines} more lines were printed`;
}
