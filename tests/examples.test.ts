/** Every example does what it says, as whoever reads it would run it; none may be left out. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseWavHeader } from '@remotemedia/pipeline';
import { afterAll, describe, expect, it } from 'vitest';
import { remotemedia } from './cli/command.js';
import { CHROMIUM, launchChromium } from './e2e/chromium.js';
import { startGateway } from './e2e/gateway-process.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const SPEECH = 'tests/fixtures/speech.wav';
const TIMEOUT_MS = 90_000;

/** What the tests below have run, or had run. */
const used = new Set<string>(['README.md']);
const example = (...files: readonly string[]): string => {
  for (const file of files) used.add(file);
  return `examples/${files[0]}`;
};
const read = (file: string) => readFileSync(join(EXAMPLES, file), 'utf8');
const files = readdirSync(EXAMPLES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(EXAMPLES.length + 1))
  .sort();

/** What the gateway of the voices serves. */
const VOICE = ['robot.yaml', 'robot-node.js', 'ask.yaml', 'ask-service-node.js'].map(
  (file) => `voice/pipelines/${file}`,
);

const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill();
});

/** A program to its end. @returns the lines that it printed. */
async function run(file: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { cwd: ROOT });
  return stdout.trim().split('\n');
}

/** A server, on a port that the system chooses. @returns the address that it prints. */
async function serve(file: string): Promise<string> {
  const child = spawn(process.execPath, [file, '0'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const [line] = await once(child.stdout!, 'data');
  return String(line).trim();
}

describe('the examples', () => {
  it('calculate', async () => {
    const [values, multiply] = await run(example('calculator/run.js', 'calculator/calculator.json'));
    expect(values).toBe('[20,24,16]');
    expect(multiply).toMatch(/^multiply: 3 times, [\d.]+ us each$/);
    expect((await run(example('calculator/run.js'), '0', '-5'))[0]).toBe('[10,0]');
    const manifest = example('calculator/calculator.json');
    const { stdout } = await remotemedia(['run', manifest, '--input', '[5, 7, 3]']);
    expect(JSON.parse(String(stdout)).outputs).toEqual([20, 24, 16]);
  });

  it(
    'process texts in Python',
    async () => {
      const program = example('text-processor/run.js', 'text-processor/text-processor.json');
      expect((await run(program, 'Hello WASM')).map((line) => JSON.parse(line))).toEqual([
        { uppercase: 'HELLO WASM', word_count: 2 },
        { reverse: 'MSAW olleH', char_count: 10 },
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'report speech in three languages',
    async () => {
      const manifest = example('hybrid/speech-report.yaml', 'hybrid/measure.js', 'hybrid/report.py');
      const { stdout, stderr } = await remotemedia([
        'run',
        manifest,
        '-i',
        SPEECH,
        '--events',
        '-',
        '--quiet',
      ]);
      const events = String(stdout).trim().split('\n');
      expect(stderr).toBe('');
      const given = events.map((line) => JSON.parse(line)).filter(({ type }) => type === 'node_output');
      expect(given.slice(0, -1).map(({ value }) => value)).toEqual(
        Array(3).fill(expect.stringMatching(/^\d\.\d s at -\d\d dBFS$/)),
      );
      expect(given.at(-1).value).toEqual({ utterances: 3, seconds_of_speech: 9.7 });
    },
    TIMEOUT_MS,
  );

  it('say how they are called', async () => {
    await expect(run(example('voice/stream-wav.js'))).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Usage: node examples\/voice\/stream-wav\.js in\.wav .*\n$/),
    });
  });

  it(
    'stream a voice through a gateway, which changes it and asks a service about it',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'examples-'));
      const gateway = await startGateway({
        REMOTEMEDIA_CONFIG: example('voice/gateway.yaml', ...VOICE),
        REMOTEMEDIA_HTTP_HOST: '127.0.0.1',
        SERVICE_URL: await serve(example('voice/service.js')),
      });
      try {
        const output = join(folder, 'robot.wav');
        const program = example('voice/stream-wav.js');
        await run(program, SPEECH, 'robot', output, gateway.url);
        const before = parseWavHeader(readFileSync(join(ROOT, SPEECH)))!;
        const after = readFileSync(output);
        const { format, dataBytes, dataOffset } = parseWavHeader(after)!;
        expect(format).toEqual(before.format);
        // The limiter's look-ahead comes on top.
        expect(dataBytes).toBeGreaterThanOrEqual(before.dataBytes!);
        expect(dipsBelow(after.subarray(dataOffset), format.sampleRate / 120)).toBeLessThan(0.05);

        const told = (await run(program, SPEECH, 'ask', '', gateway.url)).map((line) => JSON.parse(line));
        expect(told.flatMap(({ text }) => text ?? [])).toEqual([
          '3.3 seconds of speech',
          '3.8 seconds of speech',
          '2.6 seconds of speech',
        ]);
        expect(told.filter(({ type }) => type === 'speech_started')).toHaveLength(3);
      } finally {
        await gateway.stop();
        rmSync(folder, { recursive: true });
      }
    },
    TIMEOUT_MS,
  );

  it.skipIf(CHROMIUM === undefined)(
    'do the same in a page',
    async () => {
      const url = await serve(example('browser/serve.js', 'browser/page.js', 'browser/index.html'));
      const service = await serve(example('voice/service.js'));
      const browser = await launchChromium('/dev/null');
      try {
        const page = await browser.newPage();
        // The manifest's port is this machine's owner's.
        await page.route('http://localhost:8091/', async (route) =>
          route.fulfill({ response: await route.fetch({ url: service }) }),
        );
        await page.goto(url);
        const output = page.locator('output');
        const click = async (name: string) => {
          await page.getByRole('button', { name }).click();
          await page.waitForFunction(() => !/^…?$/.test(document.querySelector('output')!.textContent!));
          return output.textContent();
        };
        expect(await click('Hear the robot')).toMatch(/^\d+ samples at \d+ Hz$/);
        expect(await click('Ask the service')).toBe(
          '3.3 seconds of speech; 3.8 seconds of speech; 2.6 seconds of speech',
        );
      } finally {
        await browser.close();
      }
    },
    TIMEOUT_MS,
  );

  it('are all run here, but for a browser where there is none', () => {
    if (CHROMIUM === undefined) example('browser/serve.js', 'browser/page.js', 'browser/index.html');
    expect(files.filter((file) => !used.has(file))).toEqual([]);
  });

  it.each(files.filter((file) => file !== 'README.md'))('%s begins with how to run it', (file) => {
    const beginning = read(file).split('\n').slice(0, 12).join('\n');
    const commands = [
      ...beginning.matchAll(/(?:node|npx remotemedia [a-z]+(?: --config)?) (examples\/[\w./-]+)/g),
    ];
    expect(commands.length).toBeGreaterThan(0);
    for (const [, path] of commands) expect(files).toContain(path!.slice('examples/'.length));
  });
});

/** Power where it is least within a period, as a part of where it is most: a voice multiplied by a tone falls silent twice in each of its periods. */
function dipsBelow(bytes: Buffer, periodSamples: number): number {
  const BINS = 20;
  const power = new Float64Array(BINS);
  for (let n = 0; n < bytes.length / 2; n++)
    power[Math.floor(((n % periodSamples) / periodSamples) * BINS)]! += bytes.readInt16LE(2 * n) ** 2;
  return Math.min(...power) / Math.max(...power);
}
