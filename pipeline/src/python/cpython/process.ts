/**
 * A CPython process that runs one node: messages over its standard input and output, what it prints over standard error. It leads a
 * process group of its own, so that what it starts dies with it, and Ctrl-C in a terminal is the gateway's to handle.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFailure } from '../../external/external-node.js';
import type { Interpreter, InterpreterEvents } from '../../guest/interpreter.js';
import { PrintedLines } from '../../guest/printed-lines.js';
import { CPYTHON_HOST } from '../files.js';
import { MessageCutter } from './message-cutter.js';

export interface CpythonOptions {
  /** Python 3.9 or newer: a program, or the folder of a virtual environment. Default: the variable `REMOTEMEDIA_PYTHON`, then `python3`. */
  readonly interpreter?: string | undefined;
  /** Variables of its environment. Of the gateway's own it gets but those that programs need to find files. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly memoryBytes?: number | undefined;
  /** Archives of pure Python packages (`.whl`, `.zip`). */
  readonly packages?: readonly string[] | undefined;
}

/** The variable that names the interpreter of the whole process. */
export const INTERPRETER_VARIABLE = 'REMOTEMEDIA_PYTHON';
/** Of `cpython_host.py`. */
const EXIT_TOO_OLD = 78;
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'SYSTEMROOT', 'TEMP'];
/** How long the last printed lines of a dead process are waited for: a child of it may hold the pipe open. */
const LAST_LINES_MS = 200;

const living = new Set<CpythonProcess>();
process.on('exit', () => {
  for (const one of living) one.kill();
});

export class CpythonProcess implements Interpreter {
  readonly #child: ChildProcessWithoutNullStreams;
  #events: InterpreterEvents | undefined;

  constructor(options: CpythonOptions, events: InterpreterEvents) {
    this.#events = events;
    const program = programOf(options.interpreter ?? process.env[INTERPRETER_VARIABLE] ?? 'python3');
    const memory = options.memoryBytes ?? 0;
    this.#child = spawn(program, ['-I', CPYTHON_HOST, String(memory), ...(options.packages ?? [])], {
      env: environmentOf(options),
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    living.add(this);
    this.#listen(program);
  }

  post(message: Uint8Array<ArrayBuffer>): void {
    this.#child.stdin.write(message);
  }

  kill(): void {
    this.#events = undefined;
    const { pid } = this.#child;
    // Only once: later, the number may belong to somebody else.
    if (!living.delete(this) || pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It was gone already.
    }
  }

  #listen(program: string): void {
    const child = this.#child;
    const lines = new PrintedLines((line) => this.#events?.log(line));
    const cutter = new MessageCutter((message) => this.#events?.answer(message));
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        cutter.push(chunk);
      } catch (error) {
        this.#end(
          'internal',
          'protocol_broken',
          `what came from Python is no message: ${(error as Error).message}`,
        );
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text, performance.now()));
    // What could not be written to a dead process is told by its exit.
    child.stdin.on('error', () => {});
    child.on('error', (error) => {
      const hint = `install Python 3.9 or newer, or name it with \`interpreter\` or the variable ${INTERPRETER_VARIABLE}`;
      this.#end('permanent', 'python_not_found', `${program} cannot be started (${error.message}); ${hint}`);
    });
    child.on('exit', (code, signal) => {
      const finish = () => {
        clearTimeout(timer);
        lines.end(performance.now());
        if (code === EXIT_TOO_OLD)
          this.#end('permanent', 'python_too_old', `${program} is older than Python 3.9`);
        else
          this.#end('transient', 'node_died', `the Python process ended with ${signal ?? `status ${code}`}`);
      };
      const timer = setTimeout(finish, LAST_LINES_MS);
      child.once('close', finish);
    });
  }

  #end(errorClass: 'transient' | 'permanent' | 'internal', code: string, message: string): void {
    const events = this.#events;
    this.kill();
    events?.ended(new NodeFailure(errorClass, code, message));
  }
}

function programOf(interpreter: string): string {
  if (!existsSync(join(interpreter, 'pyvenv.cfg'))) return interpreter;
  return process.platform === 'win32'
    ? join(interpreter, 'Scripts', 'python.exe')
    : join(interpreter, 'bin', 'python');
}

/** Secrets of the gateway are none of a node's business. */
function environmentOf({ environment }: CpythonOptions): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(inherited), ...environment };
}
