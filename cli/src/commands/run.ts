/** `remotemedia run`: a pipeline over a WAV file, or over a JSON value where its nodes work on values. */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EXIT_OK, UsageError } from '../exit.js';
import { executeOnJson, kindOf } from '../offline/json.js';
import { openPackageParts } from '../offline/package.js';
import { openParts, runPartsOnJson, takesAudio } from '../offline/parts.js';
import { type RunOptions, runOnWav } from '../offline/wav.js';
import { isPackage, readPackage } from '../package-file.js';
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
  return runOnWav(parts, manifest, manifestPath, values);
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
