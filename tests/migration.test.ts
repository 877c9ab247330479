/** docs/MIGRATION.md tells the truth: every sample runs, and every difference is one. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isNativeRuntimeAvailable, WASM_PATH } from '@remotemedia/native-dsp';
import * as pipeline from '@remotemedia/pipeline';
import { Pipeline } from '@remotemedia/pipeline';
import * as packages from '@remotemedia/pipeline/package';
import * as python from '@remotemedia/pipeline/python';
import type { RunningServer } from '@remotemedia/signaling';
import { build } from 'esbuild';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CHROMIUM, launchChromium } from './e2e/chromium.js';
import { runSample, samplesOf } from './run-sample.js';
import { loadFixture } from './signal/fixtures.js';
import { execute, startOnLoopback } from './support/server.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 60_000;
const text = readFileSync(join(ROOT, 'docs/MIGRATION.md'), 'utf8');
const CALCULATOR = join(ROOT, 'examples/calculator/calculator.json');

/** The text below a heading, up to the next. */
const section = (heading: string): string => text.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
const [sample, ...others] = [
  'A pipeline on audio',
  'Which runtime',
  'In a page',
  'The manifests of its README',
  'Packages',
].map((heading) => samplesOf(section(heading), 'ts')[0]!);
const run = (code: string, names: string[], more: Readonly<Record<string, object>> = {}) =>
  runSample(code, names, {
    '@remotemedia/pipeline': pipeline,
    '@remotemedia/pipeline/package': packages,
    '@remotemedia/pipeline/python': python,
    ...more,
  });
const shell = async (command: string) =>
  (await promisify(execFile)('bash', ['-euc', command], { cwd: ROOT })).stdout;

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
async function serve(environment: Record<string, string>): Promise<RunningServer> {
  server = await startOnLoopback({ REMOTEMEDIA_GRPC_PORT: '0', ...environment });
  return server;
}

describe('the samples', () => {
  it('are all run', () => {
    const run = [sample, ...others].length;
    expect({ ts: run, python: 1, rust: 1, sh: 4 }).toEqual(
      Object.fromEntries(['ts', 'python', 'rust', 'sh'].map((name) => [name, samplesOf(text, name).length])),
    );
  });

  it('run a pipeline on audio, and measure it', async () => {
    const { audio, metrics } = await run(sample!, ['audio', 'metrics']);
    expect((audio as pipeline.AudioItem).planes[0]).toHaveLength(16_000);
    const { total_duration_us, node_metrics } = metrics as pipeline.PipelineMetrics;
    expect(total_duration_us).toBeGreaterThan(0);
    expect(node_metrics[0]!.execution_count).toBeGreaterThanOrEqual(100);
    expect(node_metrics[0]!.p99_us).toBeGreaterThan(0);
  });

  it('compare the runtimes', async () => {
    const { milliseconds } = await run(others[0]!, ['milliseconds']);
    expect(Object.keys(milliseconds as object)).toEqual(
      isNativeRuntimeAvailable() ? ['native', 'wasm'] : ['wasm'],
    );
  });

  it.skipIf(CHROMIUM === undefined)(
    'run in a page',
    async () => {
      const { outputFiles } = await build({
        stdin: { contents: `${others[1]}\nglobalThis.given = value;`, loader: 'ts', resolveDir: ROOT },
        bundle: true,
        write: false,
        format: 'esm',
        conditions: ['source'],
      });
      const answers: Record<string, { contentType: string; body: string | Buffer }> = {
        '/': { contentType: 'text/html', body: '<script type="module" src="/page.js"></script>' },
        '/page.js': { contentType: 'text/javascript', body: outputFiles[0]!.text },
        '/calculator.json': { contentType: 'application/json', body: readFileSync(CALCULATOR) },
        '/remotemedia.wasm': { contentType: 'application/wasm', body: readFileSync(WASM_PATH) },
      };
      const browser = await launchChromium('/dev/null');
      try {
        const page = await browser.newPage();
        await page.route('**/*', (route) =>
          route.fulfill(answers[new URL(route.request().url()).pathname] ?? { status: 404 }),
        );
        await page.goto('http://migration.test/');
        const given = await page.waitForFunction(() => (globalThis as { given?: unknown }).given);
        expect(await given.jsonValue()).toEqual([20, 24, 16]);
      } finally {
        await browser.close();
      }
      expect(Math.round(statSync(WASM_PATH).size / 1e6)).toBe(Number(/module is (\d+) MB/.exec(text)![1]));
    },
    PATIENCE_MS,
  );

  it(
    'process the texts of the SDK',
    async () => {
      const { value } = await run(others[2]!, ['value']);
      expect(value).toMatchObject({ results: { uppercase: 'HELLO WASM', word_count: 2 } });
    },
    PATIENCE_MS,
  );

  it(
    'make a package, check it and run it, with the commands and the lines of the SDK',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'migration-'));
      const path = join(directory, 'calculator.rmpkg');
      const commands = samplesOf(section('Packages'), 'sh')[0]!.replaceAll('calculator.rmpkg', path);
      expect(await shell(commands)).toContain('calculator.rmpkg: ok');
      const given = { file: new File([readFileSync(path)], 'calculator.rmpkg'), inputData: [5, 7, 3] };
      const code = `import { file, inputData } from 'given';\n${others[3]}`;
      const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
      const { result } = await run(code, ['result'], { given });
      expect(printed).toHaveBeenCalledWith(result);
      printed.mockRestore();
      const { outputs } = result as packages.ExecutionResult;
      expect(section('Packages')).toContain(
        `\`result.outputs\` is \`${JSON.stringify(outputs).replaceAll(',', ', ')}\``,
      );
      rmSync(directory, { recursive: true });
    },
    PATIENCE_MS,
  );

  it('ask a gateway from Python', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'migration-'));
    for (const file of ['pipelines/voice-enhance.yaml', 'values/calculator.yaml'])
      copyFileSync(join(ROOT, 'configs', file), join(directory, file.split('/')[1]!));
    const { url } = await serve({ REMOTEMEDIA_PIPELINES_DIRECTORY: directory });
    const code = samplesOf(text, 'python')[0]!.replace('http://localhost:8080', url.slice(0, -1));
    const { stdout } = await promisify(execFile)('python3', ['-c', code]);
    expect(section('From Python')).toContain(`prints \`${stdout.trim()}\``);
    rmSync(directory, { recursive: true });
  });

  it('in Rust are lines of an example that cargo compiles', () => {
    const example = readFileSync(join(ROOT, 'native-dsp/runtime/examples/from_file.rs'), 'utf8');
    for (const line of samplesOf(text, 'rust')[0]!.split('\n').filter(Boolean)) {
      const essential = line.replace('let result = ', '').replace('(path)?;', '').replace('?;', '').trim();
      expect(example).toContain(essential);
    }
  });

  it(
    'for the shell give what is said',
    async () => {
      const commands = [...text.matchAll(/```sh\n([^`]*)```\s+gives `([^`]+)`/g)];
      expect(commands).toHaveLength(2);
      for (const [, command, gives] of commands) expect(await shell(command!)).toContain(gives);
    },
    PATIENCE_MS,
  );

  it('switch gRPC on', async () => {
    const [command] = samplesOf(section('The server'), 'sh');
    const [, name, value] = /^(\w+)=(\w+) npx remotemedia serve$/m.exec(command!)!;
    expect((await serve({ [name!]: value! })).grpcPort).toBeGreaterThan(0);
  });
});

describe('what behaves differently', () => {
  const manifestOf = (...nodes: (Record<string, unknown> & { node_type: string })[]) => ({
    version: 'v1',
    nodes: nodes.map((node, index) => ({ id: `n${index}`, ...node })),
    connections: nodes.slice(1).map((_, index) => ({ from: `n${index}`, to: `n${index + 1}` })),
  });
  const resultOf = async (manifest: object, input: pipeline.RunInput) =>
    (await Pipeline.fromManifest(manifest).run(input)).value;
  const codesOf = (manifest: object): string[] => {
    try {
      Pipeline.fromManifest(manifest);
      return [];
    } catch (error) {
      return (error as { complaints: pipeline.Complaint[] }).complaints.map(({ code }) => code);
    }
  };
  const multiply = (params: object) => manifestOf({ node_type: 'MultiplyNode', params });

  it('multiplies by the multiplier, and by the factor', async () => {
    expect(await resultOf(multiply({ multiplier: 3 }), 5)).toBe(15);
    expect(await resultOf(multiply({ factor: 4 }), 5)).toBe(20);
  });

  it(
    'takes operations from the item, else from the node',
    async () => {
      const params = { operations: ['reverse'] };
      const manifest = manifestOf({ node_type: 'TextProcessorNode', params });
      const processor = Pipeline.fromManifest(manifest, { hosts: [python.pythonHost()] });
      const { value } = await processor.run(['ab', { text: 'ab', operations: ['uppercase'] }]);
      expect(value).toMatchObject([{ results: { reverse: 'ba' } }, { results: { uppercase: 'AB' } }]);
    },
    PATIENCE_MS,
  );

  it('refuses what does not exist, is of a wrong type, or of another version', () => {
    expect(codesOf({ ...multiply({}), executors: {} })).toEqual(['unknown_field']);
    expect(codesOf(multiply({ multiplyer: 2 }))).toEqual(['unknown_parameter']);
    expect(codesOf(multiply({ multiplier: 'two' }))).toHaveLength(1);
    expect(codesOf({ ...multiply({}), version: '1.0' })).toEqual(['unsupported_version']);
  });

  it('refuses to multiply texts, and tells the client over the network', async () => {
    await expect(resultOf(multiply({}), 'five')).rejects.toMatchObject({ code: 'invalid_input' });
    const answer = await execute(await serve({}), { manifest: multiply({}), input: 'five' });
    expect(answer).toMatchObject({ status: 422, code: 'invalid_input' });
  });

  it('gives every result, and those of the nodes that are marked, where any are', async () => {
    expect(await resultOf(manifestOf({ node_type: 'PassThrough' }), [0, '', false, null])).toEqual([
      0,
      '',
      false,
      null,
    ]);
    const both = manifestOf(
      { node_type: 'MultiplyNode', params: { multiplier: 2 }, is_output_node: true },
      { node_type: 'AddNode', params: { addend: 1 }, is_output_node: true },
      { node_type: 'Echo' },
    );
    expect((await Pipeline.fromManifest(both).run(5)).outputs.map(({ nodeId }) => nodeId)).toEqual([
      'n0',
      'n1',
    ]);
  });

  it('has monitors pass audio on, resamples in any case of letters, and every 10 ms', async () => {
    const { samples: audio, sampleRate } = loadFixture('speech');
    const monitored = manifestOf({ node_type: 'AudioLevelNode' }, { node_type: 'GainNode' });
    const given = await Pipeline.fromManifest(monitored).run({ audio, sampleRate });
    expect(given.audio?.planes[0]).toHaveLength(audio.length);
    expect(given.events.length).toBeGreaterThan(0);

    const resample = { node_type: 'FastResampleNode', params: { target_rate: 16_000, quality: 'High' } };
    const session = await Pipeline.fromManifest(manifestOf(resample)).session();
    const tenMs = { kind: 'audio', planes: [new Float32Array(480)], sampleRate: 48_000 } as const;
    const feeding = (async () => {
      for (let frame = 0; frame < 10; frame++) await session.push(tenMs);
      await session.end();
    })();
    const lengths: number[] = [];
    for await (const { item } of session.outputs)
      if (item.kind === 'audio') lengths.push(item.planes[0]!.length);
    await feeding;
    await session.close();
    // The first is shorter by the delay, which is taken out.
    expect(lengths[0]).toBeGreaterThan(80);
    expect(lengths.slice(1, 10)).toEqual(Array(9).fill(160));
  });

  it('has other defaults where those of the SDK mislead', () => {
    const catalogue: { node_type: string; params: { name: string; default: unknown }[] }[] = JSON.parse(
      pipeline.chooseRuntime().offline.nodeCatalogue(),
    );
    const defaultOf = (nodeType: string, name: string) => {
      const spec = catalogue.find(({ node_type }) => node_type === nodeType);
      return spec?.params.find((param) => param.name === name)?.default;
    };
    expect(defaultOf('AudioLevelNode', 'low_volume_threshold_db')).toBe(-40);
    expect(defaultOf('SileroVADNode', 'min_silence_duration_ms')).toBe(550);
    expect(defaultOf('FastResampleNode', 'channels')).toBe('auto');
    expect(defaultOf('AudioChannelSplitterNode', 'channel')).toBe(0);
    const split = (params: object) => codesOf(manifestOf({ node_type: 'AudioChannelSplitterNode', params }));
    expect(split({ channel: 1 })).toEqual([]);
    expect(split({ max_speakers: 2, stream_id_prefix: 'speaker' })).toEqual([
      'unknown_parameter',
      'unknown_parameter',
    ]);
  });

  it('finds the same speech however the audio is cut', async () => {
    const { samples, sampleRate } = loadFixture('speech');
    const vad = manifestOf({ node_type: 'SileroVADNode' });
    const timesOf = async (cut: number) => {
      const items = Array.from({ length: Math.ceil(samples.length / cut) }, (_, index) => ({
        kind: 'audio' as const,
        planes: [samples.subarray(index * cut, (index + 1) * cut)],
        sampleRate,
      }));
      const { events } = await Pipeline.fromManifest(vad).run({ items });
      return events.map((event) => [
        event.type,
        (event as { media_time_samples?: number }).media_time_samples,
      ]);
    };
    expect(await timesOf(320)).toEqual(await timesOf(5000));
  });
});

it('the first step is named, and the document is found from the README', () => {
  expect(text).toContain(
    '`remotemedia import old.json -o new.yaml` rewrites a manifest of the SDK and says what it changed.',
  );
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('](docs/MIGRATION.md)');
});
