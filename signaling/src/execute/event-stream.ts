/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) out of a stream's buffer. Results have ids, so that a
 * browser that lost its connection says by `Last-Event-ID` where to go on. A reader that takes nothing is cut off.
 */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { HttpStream } from './http-stream.js';

/** Shorter than the patience of proxies. */
const KEEP_ALIVE_MS = 15_000;
/** In the time of patience: a reader that the event loop kept from reading is not slow. */
const LOOKS = 4;

export interface EventStreamOptions {
  /** `Last-Event-ID`; undefined for a reader that has read nothing. */
  readonly after: number | undefined;
  /** A reader that takes nothing of what waits for it for so long is cut off. */
  readonly patienceMs: number;
  readonly onSlow: () => void;
}

/** Answers with the stream's results until its end; with 204 where all were read, which tells a browser not to come again. */
export function sendEvents(
  reply: FastifyReply,
  stream: HttpStream,
  options: EventStreamOptions,
): FastifyReply {
  const { after } = options;
  if (after !== undefined && stream.outputs.isExhausted && stream.outputs.next(after) === null) {
    return reply.code(204).send();
  }
  const body = Readable.from(
    eventsOf(stream, options, () => body.destroy()),
    { objectMode: false },
  );
  return (
    reply
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      // nginx would hold events back.
      .header('x-accel-buffering', 'no')
      .send(body)
  );
}

async function* eventsOf(
  stream: HttpStream,
  { after, patienceMs, onSlow }: EventStreamOptions,
  cutOff: () => void,
): AsyncGenerator<string, void, undefined> {
  const { outputs } = stream;
  const watch = new StallWatch(patienceMs, () => {
    onSlow();
    cutOff();
  });
  stream.attach(cutOff);
  try {
    let at = after ?? outputs.lastRead;
    yield* watch.offer(': connected\n\n');
    const lost = outputs.lostAfter(at);
    if (lost > 0) yield* watch.offer(`event: gap\ndata: ${JSON.stringify({ missed: lost })}\n\n`);
    for (;;) {
      const { changed } = outputs;
      const entry = outputs.next(at);
      if (entry === null) break;
      if (entry) {
        at = entry.id;
        yield* watch.offer(`id: ${entry.id}\ndata: ${entry.text}\n\n`);
      } else if (await isSilent(changed)) yield* watch.offer(': still here\n\n');
    }
    const { event, text } = await stream.over;
    yield* watch.offer(`event: ${event}\ndata: ${text}\n\n`);
  } finally {
    watch.stop();
    stream.detach(cutOff);
  }
}

/** Looks now and then whether the reader has come back for more since something was offered. */
class StallWatch {
  readonly #timer: NodeJS.Timeout;
  #isOffering = false;
  /** In a row that found the same offer. */
  #looks = 0;

  constructor(patienceMs: number, onStall: () => void) {
    this.#timer = setInterval(() => {
      if (!this.#isOffering) return;
      this.#looks += 1;
      if (this.#looks > LOOKS) onStall();
    }, patienceMs / LOOKS);
    this.#timer.unref();
  }

  *offer(text: string): Generator<string, void, undefined> {
    this.#isOffering = true;
    this.#looks = 0;
    yield text;
    this.#isOffering = false;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Whether nothing has happened for so long that a sign of life is due. */
async function isSilent(changed: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<true>((resolve) => {
    timer = setTimeout(resolve, KEEP_ALIVE_MS, true);
  });
  const isSilent = await Promise.race([changed.then(() => false), silence]);
  clearTimeout(timer);
  return isSilent;
}
