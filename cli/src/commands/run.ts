/** `remotemedia run`: a pipeline over a WAV file, or over a JSON value where its nodes work on values. */
import { createReadStream, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { WavError } from '@remotemedia/pipeline';
import { CommandError, EXIT_OK, UsageError } from '../exit.js';
import { explain } from '../offline/explain.js';
import { executeOnJson, kindOf } from '../offline/json.js';
import { openPackageParts } from '../offline/package.js';
import { openParts, partsEngine, runPartsOnJson, takesAudio } from '../offline/parts.js';
import { fitForGraph } from '../offline/rate.js';
import { type Engine, runOffline } from '../offline/run.js';
import { openSink, WavSink } from '../offline/sink.js';
import { openWav, type WavSource } from '../offline/source.js';
import { isPackage, readPackage } from '../package-file.js';
import { createProgress } from '../progress.js';
import { offlineRuntime } from '../runtime.js';
import { withManifest } from '../text.js';

export const USAGE = `remotemedia run <manifest> -i <in.wav> [-O <out.wav>] [--events <events.jsonl>]
remotemedia run <manifest> -i <json>

Runs a pipeline over a WAV file, faster than real time.

  -i, --input PATH     WAV to read, any rate and channel count; - for standard input
  -O, --output PATH    WAV to write: the processed audio, aligned with the input, at
                       the rate that the pipeline gives; - for standard output
      --events PATH    JSON lines to write, one event each; - for standard output
      --float          write 32-bit float samples instead of 16-bit integers
  -q, --quiet          no progress bar and no summary
      --trust          code of a package may run with your rights: modules in JavaScript, and
                       in Python outside Pyodide

Nodes in JavaScript and Python are found beside the manifest; what they give as values is
told as events of the type node_output.

Runs a pipeline of JSON values, such as configs/values/calculator.yaml, and prints the
result as JSON. Which it is, the manifest says by its nodes.

  -i, --input JSON     the value, as in --input '[5, 7, 3]'; @PATH for a file that holds
                       it; - for standard input. A list is run value by value`;

/** Rounding of the length is no loss. */
const CUT_SHORT_SECONDS = 0.01;

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
      trust: { type: 'boolean', default: false },
    },
  });
  const [manifestPath, ...extra] = positionals;
  if (manifestPath === undefined) throw new UsageError('which manifest?', 'run');
  if (extra.length > 0) throw new UsageError(`one manifest at a time, not also ${extra.join(' ')}`, 'run');
  if (values.input === undefined) {
    const hint = "a WAV file, or JSON for a pipeline of values: -i in.wav, -i '[5, 7, 3]', or -i -";
    throw new UsageError(`which input? Give ${hint}`, 'run');
  }
  if (values.output === '-' && values.events === '-') {
    throw new UsageError('audio and events cannot both go to standard output', 'run');
  }
  for (const path of [values.output, values.events]) {
    if (path !== undefined && isSameFile(values.input, path)) {
      throw new UsageError(
        `${path} is the input: writing to it would destroy what is still to be read`,
        'run',
      );
    }
  }
  if (isPackage(manifestPath)) {
    const pkg = await readPackage(manifestPath);
    return runManifest(JSON.stringify(pkg.manifest), manifestPath, values as RunOptions, pkg);
  }
  return withManifest(manifestPath, (manifest) => runManifest(manifest, manifestPath, values as RunOptions));
}

interface RunOptions {
  readonly input: string;
  readonly output?: string;
  readonly events?: string;
  readonly float: boolean;
  readonly quiet: boolean;
  readonly trust: boolean;
}

async function runManifest(
  manifest: string,
  manifestPath: string,
  values: RunOptions,
  pkg?: Awaited<ReturnType<typeof readPackage>>,
): Promise<number> {
  const kind = kindOf(manifest);
  const open = () =>
    pkg ? openPackageParts(pkg, manifestPath, values.trust) : openParts(manifest, manifestPath);
  const parts = kind === 'hybrid' ? await open() : undefined;
  if (kind === 'values' || (parts && !takesAudio(parts))) {
    refuseAudioOptions(values);
    console.log(
      parts
        ? await runPartsOnJson(parts, manifestPath, values.input)
        : await executeOnJson(manifest, manifestPath, values.input),
    );
    return EXIT_OK;
  }
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

/** What writes audio or events makes no sense where there are none. */
function refuseAudioOptions(values: { output?: string; events?: string; float: boolean }): void {
  for (const option of ['output', 'events', 'float'] as const) {
    if (values[option] === undefined || values[option] === false) continue;
    throw new UsageError(`--${option} is for audio, and this pipeline works on JSON values`, 'run');
  }
}

/** Whether both paths lead to one file that exists. */
function isSameFile(input: string, output: string): boolean {
  if (input === '-' || output === '-') return false;
  const [a, b] = [input, output].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return a !== undefined && b !== undefined && a.isFile() && a.dev === b.dev && a.ino === b.ino;
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
