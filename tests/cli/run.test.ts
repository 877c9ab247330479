import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSamples, encodeSamples, parseWavHeader, wavHeader } from '@remotemedia/pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findIn } from '../signal/correlation.js';
import { loadFixture } from '../signal/fixtures.js';
import { remotemedia, remotemediaUntilFirstBytes } from './command.js';

const fixture = loadFixture('speech-noisy');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'remotemedia-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Samples of the first channel. */
function readWav(bytes: Buffer): { sampleRate: number; channels: number; samples: Float32Array } {
  const { format, dataOffset } = parseWavHeader(bytes)!;
  const width = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 }[format.encoding] * format.channels;
  const length = Math.floor((bytes.length - dataOffset) / width);
  const planes = Array.from({ length: format.channels }, () => new Float32Array(length));
  decodeSamples(bytes.subarray(dataOffset), format, length, planes);
  return { sampleRate: format.sampleRate, channels: format.channels, samples: planes[0]! };
}

/** The fixture as if it had been recorded at `sampleRate` (so at another speed), in `channels` equal channels. */
function fixtureAs(sampleRate: number, channels: number): Buffer {
  const planes = Array.from({ length: channels }, () => fixture.samples);
  const data = encodeSamples(planes, fixture.samples.length, 's16');
  return Buffer.concat([wavHeader({ sampleRate, channels, encoding: 's16' }, data.length), data]);
}

function events(stdout: Buffer): { type: string; media_time_ms: number; detection_delay_ms: number }[] {
  const lines = stdout.toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ReturnType<typeof events>[number]);
}

describe('remotemedia run', () => {
  it('finds the speech of the fixture within 150 ms, and says how long it took to be sure', async () => {
    const { exitCode, stdout } = await remotemedia([
      'run',
      'configs/pipelines/transcribe-prep.yaml',
      '-i',
      fixture.path,
      '--events',
      '-',
    ]);
    expect(exitCode).toBe(0);
    const found = events(stdout);
    const times = (type: string) =>
      found.filter((event) => event.type === type).map((event) => event.media_time_ms);
    const starts = times('speech_started');
    const stops = times('speech_stopped');
    expect([starts.length, stops.length, times('utterance').length]).toEqual([3, 3, 3]);
    fixture.speech.forEach(({ start_ms, end_ms }, i) => {
      expect(Math.abs(starts[i]! - start_ms)).toBeLessThan(150);
      expect(Math.abs(stops[i]! - end_ms)).toBeLessThan(150);
    });
    for (const { detection_delay_ms } of found) expect(detection_delay_ms).toBeGreaterThanOrEqual(0);
  });

  it('gives audio of the same length, aligned with the input and cleaner', async () => {
    const out = join(folder, 'clean.wav');
    const { exitCode, stderr } = await remotemedia([
      'run',
      'configs/pipelines/voice-enhance.yaml',
      '-i',
      fixture.path,
      '-O',
      out,
    ]);
    expect(exitCode, stderr).toBe(0);
    const { samples, sampleRate } = readWav(readFileSync(out));
    expect(samples.length / sampleRate).toBeCloseTo(fixture.samples.length / fixture.sampleRate, 3);
    const { start_ms, end_ms } = fixture.speech[1]!;
    const rate = fixture.sampleRate / 1000;
    const piece = fixture.samples.slice(start_ms * rate, end_ms * rate);
    const { correlation, offset } = findIn(samples, piece);
    expect(correlation).toBeGreaterThan(0.8);
    expect(Math.abs(offset / rate - start_ms)).toBeLessThan(3);
  });

  it('reads every rate and channel count, keeps the length, and gives an echo that is the input', async () => {
    for (const [sampleRate, channels] of [
      [8_000, 1],
      [11_025, 2],
      [22_050, 1],
      [44_100, 2],
      [48_000, 6],
      [96_000, 1],
      [7_350, 1],
    ] as const) {
      const { exitCode, stdout, stderr } = await remotemedia(
        ['run', 'configs/pipelines/echo.yaml', '-i', '-', '-O', '-', '--float', '-q'],
        fixtureAs(sampleRate, channels),
      );
      expect(exitCode, stderr).toBe(0);
      const out = readWav(stdout);
      expect(out.channels).toBe(channels);
      const seconds = fixture.samples.length / sampleRate;
      expect(out.samples.length / out.sampleRate, `${sampleRate} Hz`).toBeCloseTo(seconds, 3);
    }
  }, 60_000);

  it('mixes more channels than a graph has into one', async () => {
    const { exitCode, stdout, stderr } = await remotemedia(
      ['run', 'configs/pipelines/echo.yaml', '-i', '-', '-O', '-', '--float', '-q'],
      fixtureAs(16_000, 12),
    );
    expect(exitCode, stderr).toBe(0);
    const { channels, samples } = readWav(stdout);
    expect(channels).toBe(1);
    expect(samples[20_000]).toBeCloseTo(fixture.samples[20_000]!, 4);
  });

  it('refuses to write over its own input', async () => {
    const precious = join(folder, 'precious.wav');
    copyFileSync(fixture.path, precious);
    for (const option of ['-O', '--events']) {
      const args = [
        'run',
        'configs/pipelines/voice-enhance.yaml',
        '-i',
        precious,
        option,
        join(folder, '.', 'precious.wav'),
      ];
      expect((await remotemedia(args)).exitCode).toBe(2);
    }
    expect(readFileSync(precious).equals(readFileSync(fixture.path))).toBe(true);
  });

  it('says so when a file ends before its header promises', async () => {
    const short = readFileSync(fixture.path).subarray(0, 32_044);
    const { exitCode, stderr } = await remotemedia(['run', 'configs/pipelines/meter.yaml', '-i', '-'], short);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/standard input ends after 1\.00 s, its header promises 14\.00 s/);
  });

  it('ends quietly when its reader goes away', async () => {
    const args = ['run', 'configs/pipelines/voice-enhance.yaml', '-i', fixture.path, '--events', '-'];
    expect(await remotemediaUntilFirstBytes(args)).toBe(0);
  });

  it('exits with 2 and the usage when it is called wrongly', async () => {
    for (const args of [
      [],
      ['run'],
      ['run', 'x.yaml'],
      ['run', 'x.yaml', '-i', 'a', '--nonsense'],
      ['frobnicate'],
      ['nodes'],
      ['validate'],
    ]) {
      const { exitCode, stderr, stdout } = await remotemedia(args);
      expect(exitCode, args.join(' ')).toBe(2);
      expect(stderr).toContain('remotemedia');
      expect(stdout.length).toBe(0);
    }
  }, 30_000);

  it('exits with 1 and one clear line when its work fails', async () => {
    const text = join(folder, 'text.wav');
    writeFileSync(text, 'this is no audio');
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'version: v1\nmetadata: { name: bad }\nnodes: [{ id: a, node_type: GaneNode }]\n');
    const cases: [string[], RegExp][] = [
      [['run', 'missing.yaml', '-i', fixture.path], /missing\.yaml/],
      [['run', bad, '-i', fixture.path], /GainNode/],
      [['run', 'configs/pipelines/echo.yaml', '-i', text], /not a WAV file/],
      [['run', 'configs/pipelines/echo.yaml', '-i', folder], /folder/],
      [
        ['run', 'configs/pipelines/echo.yaml', '-i', fixture.path, '-O', join(folder, 'no', 'such.wav')],
        /such\.wav/,
      ],
      [
        ['run', 'configs/pipelines/transcribe-prep.yaml', '-i', fixture.path, '-O', join(folder, 'x.wav')],
        /no audio/,
      ],
      [['nodes', 'show', 'GaneNode'], /there is no node type GaneNode\. Did you mean `GainNode`\?/],
    ];
    for (const [args, message] of cases) {
      const { exitCode, stderr } = await remotemedia(args);
      expect(exitCode, `${args.join(' ')}: ${stderr}`).toBe(1);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n {4}at /);
    }
  }, 30_000);
});

describe('remotemedia serve', () => {
  it('explains every mistake in its configuration without a stack', async () => {
    const config = join(folder, 'gateway.yaml');
    writeFileSync(config, 'http:\n  prot: 80\nmedia:\n  port: many\n');
    const { exitCode, stderr } = await remotemedia(['serve', '-c', config]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('http.prot');
    expect(stderr).toContain('media.port');
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('names a configuration file that is not there', async () => {
    const { exitCode, stderr } = await remotemedia(['serve', '-c', join(folder, 'nothing.yaml')]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('nothing.yaml');
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe('remotemedia validate and nodes', () => {
  it('prints every complaint of every file, and exits with 1', async () => {
    const bad = join(folder, 'two.json');
    writeFileSync(
      bad,
      JSON.stringify({
        version: 'v1',
        metadata: { name: 'x' },
        nodes: [{ id: 'a', node_type: 'GainNode', params: { gain_db: 900, loudness: 1 } }],
      }),
    );
    const { exitCode, stderr, stdout } = await remotemedia(['validate', 'configs/pipelines/echo.yaml', bad]);
    expect(exitCode).toBe(1);
    expect(stdout.toString()).toContain('echo.yaml: ok');
    expect(stderr).toContain('nodes[0].params.gain_db');
    expect(stderr).toContain('nodes[0].params.loudness');
  });

  it('lists the catalogue and explains a node', async () => {
    expect((await remotemedia(['nodes', 'list'])).stdout.toString()).toContain('SileroVADNode');
    const { stdout, exitCode } = await remotemedia(['nodes', 'show', 'SileroVADNode']);
    expect(exitCode).toBe(0);
    expect(stdout.toString()).toContain('min_silence_duration_ms');
    const verbless = await remotemedia(['nodes', 'GainNode']);
    expect(verbless.exitCode).toBe(2);
    expect(verbless.stderr).toContain('did you mean "remotemedia nodes show GainNode"?');
  });
});
