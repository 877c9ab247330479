/**
 * Where `remotemedia run` writes: files and standard output, with back-pressure and with a reader that may
 * go away (`| head`).
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { encodeSamples, type WavOutputFormat, wavHeader } from '@remotemedia/pipeline';
import { CommandError } from '../exit.js';

/** A stream of bytes that waits when its reader is slow. */
export interface ByteSink {
  write(bytes: Uint8Array | string): Promise<void>;
  close(): Promise<void>;
}

/** Opens `path`, or standard output for `-`. */
export async function openSink(path: string): Promise<ByteSink> {
  const stream = path === '-' ? process.stdout : createWriteStream(path);
  if (path !== '-') await Promise.race([once(stream, 'open'), failure(stream, path)]);
  const failed = failure(stream, path);
  // The rejection is seen by whichever write comes next; without one it must not be unhandled.
  failed.catch(() => {});
  return {
    async write(bytes) {
      if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), failed]);
    },
    async close() {
      if (path === '-') return;
      stream.end();
      await Promise.race([once(stream, 'finish'), failed]);
    },
  };
}

async function failure(stream: Writable, path: string): Promise<never> {
  const [error] = (await once(stream, 'error')) as [Error];
  throw new CommandError(`cannot write ${path}: ${error.message}`);
}

/** A WAV file that grows frame by frame; its header is completed at the end where that is possible. */
export class WavSink {
  #bytes = 0;

  private constructor(
    private readonly path: string,
    private readonly sink: ByteSink,
    private readonly format: WavOutputFormat,
  ) {}

  static async open(path: string, format: WavOutputFormat): Promise<WavSink> {
    const sink = await openSink(path);
    await sink.write(wavHeader(format, null));
    return new WavSink(path, sink, format);
  }

  /** Appends samples `from` to `to` of every plane. */
  async write(planes: Float32Array[], from: number, to: number): Promise<void> {
    if (to <= from) return;
    const part = planes.map((plane) => plane.subarray(from, to));
    const bytes = encodeSamples(part, to - from, this.format.encoding);
    this.#bytes += bytes.length;
    await this.sink.write(bytes);
  }

  async close(): Promise<void> {
    await this.sink.close();
    if (this.path === '-') return;
    const file = await open(this.path, 'r+');
    try {
      await file.write(wavHeader(this.format, this.#bytes), 0, undefined, 0);
    } finally {
      await file.close();
    }
  }
}
