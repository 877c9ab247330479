/** A pipeline over a WAV file: from where the samples come to where audio and events go. */
import { createReadStream, statSync } from 'node:fs';
import { type Pipeline, WavError } from '@remotemedia/pipeline';
import { CommandError, EXIT_OK } from '../exit.js';
import { createProgress } from '../progress.js';
import { offlineRuntime } from '../runtime.js';
import { explain } from './explain.js';
import { partsEngine } from './parts.js';
import { fitForGraph } from './rate.js';
import { type Engine, runOffline } from './run.js';
import { openSink, WavSink } from './sink.js';
import { openWav, type WavSource } from './source.js';

/** Rounding of the length is no loss. */
const CUT_SHORT_SECONDS = 0.01;

export interface RunOptions {
  readonly input: string;
  readonly output?: string;
  readonly events?: string;
  readonly float: boolean;
  readonly quiet: boolean;
  readonly trust: boolean;
}

/** @param parts of the pipeline, where there are any outside its audio graph. @returns the exit code. */
export async function runOnWav(
  parts: Pipeline | undefined,
  manifest: string,
  manifestPath: string,
  values: RunOptions,
): Promise<number> {
  const source = fitForGraph(await openInput(values.input));
  const { outputFormat, run } = parts
    ? await partsEngine(parts, manifest, manifestPath, source)
    : graphEngine(manifest, manifestPath, source);
  if (values.output !== undefined && outputFormat === null) {
    throw new CommandError(`${manifestPath} gives no audio, only events: leave out -O`);
  }
  const encoding = values.float ? 'f32' : 's16';
  const audio =
    values.output === undefined ? null : await WavSink.open(values.output, { ...outputFormat!, encoding });
  const events = values.events === undefined ? null : await openSink(values.events);
  const progress = createProgress(
    values.quiet ? { write() {} } : process.stderr,
    performance.now.bind(performance),
  );
  const startMs = performance.now();
  let eventCount = 0;
  try {
    const seconds = await run({
      audio: async (planes, from, to) => audio?.write(planes, from, to),
      event: async (json) => {
        eventCount++;
        await events?.write(`${json}\n`);
      },
      progress: (done) => progress.update(done, source.durationSeconds),
    });
    await Promise.all([audio?.close(), events?.close()]);
    progress.end();
    warnIfCutShort(values.input, source, seconds);
    if (!values.quiet) summarise(seconds, eventCount, performance.now() - startMs);
  } catch (error) {
    progress.end();
    throw explain(error, manifestPath);
  }
  return EXIT_OK;
}

async function openInput(path: string): Promise<WavSource> {
  const name = nameOf(path);
  try {
    if (path === '-') return await openWav(process.stdin);
    if (statSync(path).isDirectory()) throw new CommandError(`${name} is a folder, not a WAV file`);
    return await openWav(createReadStream(path));
  } catch (error) {
    if (error instanceof WavError) throw new CommandError(`${name}: ${error.message} [${error.code}]`);
    throw error;
  }
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** A file that was not written to its end is processed as far as it goes, but not silently. */
function warnIfCutShort(path: string, { durationSeconds }: WavSource, seconds: number): void {
  if (durationSeconds === null || seconds >= durationSeconds - CUT_SHORT_SECONDS) return;
  const promised = `its header promises ${durationSeconds.toFixed(2)} s`;
  process.stderr.write(
    `remotemedia: warning: ${nameOf(path)} ends after ${seconds.toFixed(2)} s, ${promised}\n`,
  );
}

/** One graph, frame by frame. */
function graphEngine(manifest: string, path: string, source: WavSource): Engine {
  const { OfflinePipeline } = offlineRuntime(manifest);
  const { sampleRate, channels } = source.format;
  try {
    const pipeline = new OfflinePipeline(manifest, { sampleRate, channels });
    return { outputFormat: pipeline.outputFormat, run: (results) => runOffline(pipeline, source, results) };
  } catch (error) {
    throw explain(error, path);
  }
}

function summarise(seconds: number, events: number, elapsedMs: number): void {
  const speed = (seconds * 1000) / elapsedMs;
  process.stderr.write(
    `${seconds.toFixed(2)} s of audio, ${events} events, ${speed.toFixed(0)}x real time\n`,
  );
}
