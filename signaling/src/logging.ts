/** The log: pino, as JSON lines for machines or as text for people. */
import { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';
import type { Config } from './config/parse.js';

export interface LogOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export function createLogger({ level, format }: Config['logging'], output: LogOutput): Logger {
  const text = format === 'text' || (format === 'auto' && output.isTTY === true);
  const options = {
    level,
    base: null,
    // Secrets of TURN servers and of clients must not land in files that are passed around.
    redact: ['req.headers.authorization', 'credential', '*.credential'],
  };
  return pino(options, text ? new TextLines(output) : output);
}

const LEVELS: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO ',
  40: 'WARN ',
  50: 'ERROR',
  60: 'FATAL',
};

/** Turns pino's JSON lines into `12:00:00.000 INFO  session opened sessionId=...`. */
class TextLines extends Writable {
  readonly #output: LogOutput;

  constructor(output: LogOutput) {
    super({ decodeStrings: false });
    this.#output = output;
  }

  override _write(line: string, _encoding: string, done: () => void): void {
    this.#output.write(toText(line));
    done();
  }
}

export function toText(line: string): string {
  const { level, time, msg, err, reqId: _, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' && !/[\s"]/.test(value) ? value : JSON.stringify(value)}`,
    );
  const stack = isErrorFields(err) ? `\n${err.stack}` : '';
  return `${[clock, LEVELS[Number(level)] ?? level, msg, ...pairs].join(' ')}${stack}\n`;
}

const isErrorFields = (value: unknown): value is { stack: string } =>
  typeof value === 'object' && value !== null && 'stack' in value;
