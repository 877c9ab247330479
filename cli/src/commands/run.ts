/** `remotemedia run`: a pipeline over a WAV file. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isNativeError, loadNative, type OfflinePipeline } from '@remotemedia/native-dsp';
import { WavError } from '@remotemedia/pipeline';
import { CommandError, EXIT_OK, UsageError } from '../exit.js';
import { readManifest } from '../manifest.js';
import { fitForGraph } from '../offline/rate.js';
import { runOffline } from '../offline/run.js';
import { openSink, WavSink } from '../offline/sink.js';
import { openWav, type WavSource } from '../offline/source.js';
import { createProgress } from '../progress.js';

export const USAGE = `remotemedia run <manifest> -i <in.wav> [-O <out.wav>] [--events <events.jsonl>]

Runs a pipeline over a WAV file, faster than real time.

  -i, --input PATH     WAV to read, any rate and channel count; - for standard input
  -O, --output PATH    WAV to write: the processed audio, aligned with the input; - for standard output
      --events PATH    JSON lines to write, one event each; - for standard output
      --float          write 32-bit float samples instead of 16-bit integers
  -q, --quiet          no progress bar and no summary`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      input: { type: 'string', short: 'i' },
      output: { type: 'string', short: 'O' },
      events: { type: 'string' },
      float: { type: 'boolean', default: false },
      quiet: { type: 'boolean', short: 'q', default: false },
    },
  });
  const [manifestPath, ...extra] = positionals;
  if (manifestPath === undefined) throw new UsageError('which manifest?', 'run');
  if (extra.length > 0) throw new UsageError(`one manifest at a time, not also ${extra.join(' ')}`, 'run');
  if (values.input === undefined)
    throw new UsageError('which input? Give -i in.wav, or -i - for standard input', 'run');
  if (values.output === '-' && values.events === '-') {
    throw new UsageError('audio and events cannot both go to standard output', 'run');
  }
  const manifest = await readManifest(manifestPath);
  const source = fitForGraph(await openInput(values.input));
  const pipeline = compile(manifest, manifestPath, source);
  if (values.output !== undefined && pipeline.outputFormat === null) {
    throw new CommandError(`${manifestPath} gives no audio, only events: leave out -O`);
  }
  const encoding = values.float ? 'f32' : 's16';
  const audio =
    values.output === undefined
      ? null
      : await WavSink.open(values.output, { ...pipeline.outputFormat!, encoding });
  const events = values.events === undefined ? null : await openSink(values.events);
  const progress = createProgress(
    values.quiet ? { write() {} } : process.stderr,
    performance.now.bind(performance),
  );
  const startMs = performance.now();
  let eventCount = 0;
  try {
    const seconds = await runOffline(pipeline, source, {
      audio: async (planes, from, to) => audio?.write(planes, from, to),
      event: async (json) => {
        eventCount++;
        await events?.write(`${json}\n`);
      },
      progress: (done) => progress.update(done, source.durationSeconds),
    });
    await Promise.all([audio?.close(), events?.close()]);
    progress.end();
    if (!values.quiet) summarise(seconds, eventCount, performance.now() - startMs);
  } catch (error) {
    progress.end();
    throw explain(error, manifestPath);
  }
  return EXIT_OK;
}

async function openInput(path: string): Promise<WavSource> {
  try {
    if (path !== '-' && (await stat(path)).isDirectory())
      throw new CommandError(`${path} is a folder, not a WAV file`);
    return await openWav(path === '-' ? process.stdin : createReadStream(path));
  } catch (error) {
    if (error instanceof WavError) throw new CommandError(`${path}: ${error.message} [${error.code}]`);
    throw error;
  }
}

function compile(manifest: string, path: string, { format }: WavSource): OfflinePipeline {
  const { OfflinePipeline } = loadNative();
  try {
    return new OfflinePipeline(manifest, { sampleRate: format.sampleRate, channels: format.channels });
  } catch (error) {
    throw explain(error, path);
  }
}

function explain(error: unknown, manifestPath: string): unknown {
  if (!isNativeError(error)) return error;
  const prefix = error.code === 'invalid_manifest' ? `${manifestPath}: ` : '';
  return new CommandError(`${prefix}${error.message} [${error.code}]`, error.complaints);
}

function summarise(seconds: number, events: number, elapsedMs: number): void {
  const speed = (seconds * 1000) / elapsedMs;
  process.stderr.write(
    `${seconds.toFixed(2)} s of audio, ${events} events, ${speed.toFixed(0)}x real time\n`,
  );
}
