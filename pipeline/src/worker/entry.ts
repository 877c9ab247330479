/**
 * What runs in the thread of a node: the port between `WorkerInterpreter` and `Guest`. Gets requests as Uint8Array (see `message.ts`), posts
 * answers as Uint8Array and `{ log }`, a printed line.
 */
import { parentPort } from 'node:worker_threads';
import { PrintedLines } from '../guest/printed-lines.js';
import { Guest } from './guest.js';

const port = parentPort!;
const guest = new Guest((message) => port.postMessage(message, [message.buffer]));
port.on('message', (message: Uint8Array<ArrayBuffer>) => void guest.handle(message));

// Cut and counted here: what a node that never returns prints would pile up in the streams of its thread, and not be seen either.
for (const stream of [process.stdout, process.stderr]) {
  const lines = new PrintedLines((line) => port.postMessage({ log: line }));
  const decoder = new TextDecoder();
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    lines.push(text, performance.now());
    const done = rest.at(-1);
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  };
}
