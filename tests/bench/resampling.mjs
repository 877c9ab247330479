/** Ten seconds of stereo at 44.1 kHz to 16 kHz, whole and in 10 ms chunks, beside soxr and librosa; and how well. */
import { loadNative } from '@remotemedia/native-dsp';
import { alternate, timeEach, turnsOf } from './harness.mjs';
import { ourSides } from './runtimes.mjs';
import { planarOf, tone } from './signals.mjs';

const FROM_HZ = 44_100;
const TO_HZ = 16_000;
const CHUNK = FROM_HZ / 100;
const RATES = { fromHz: FROM_HZ, toHz: TO_HZ };
/** Flat here, gone there: what a filter to 16 kHz is judged by. */
const PASS_HZ = [1_000, 4_000, 6_500, 7_000, 7_300];
const STOP_HZ = [8_050, 8_200, 8_500, 9_000, 10_000, 12_000, 16_000, 20_000];

/** The whole signal in one call. */
export async function measureResampling(music, python, rounds = 40) {
  const planar = planarOf(music, 2);
  const left = planar.slice(0, planar.length / 2);
  const make = (runtime, options) => new runtime.Resampler({ ...RATES, ...options });
  const sides = ourSides((runtime) => {
    const interleaved = make(runtime, { channels: 2, layout: 'interleaved' });
    const planes = make(runtime, { channels: 2 });
    const mono = make(runtime, { channels: 1 });
    const output = new Float32Array(2 * interleaved.outputSamples(music.length / 2));
    return {
      '': () => timeEach(() => interleaved.convert(music)),
      _planar: () => timeEach(() => planes.convert(planar)),
      _into: () => timeEach(() => interleaved.convertInto(music, output)),
      _mono: () => timeEach(() => mono.convert(left)),
    };
  });
  for (const name of python ? ['soxr', 'soxr_planar', 'soxr_mono', 'librosa'] : []) {
    sides[name] = () => python.turn(name);
  }
  return alternate(sides, rounds);
}

/** The same audio in chunks of 10 ms, as it comes in live. */
export async function measureChunks(music, python, rounds = 100) {
  const chunks = Array.from({ length: music.length / 2 / CHUNK }, (_, n) =>
    planarOf(music.subarray(2 * n * CHUNK, 2 * (n + 1) * CHUNK), 2),
  );
  const sides = ourSides((runtime) => {
    const turn = (quality) => {
      const converter = new runtime.RateConverter({ ...RATES, channels: 2, quality });
      return turnsOf((n) => {
        converter.input.set(chunks[n]);
        converter.process();
      }, chunks.length);
    };
    return { '': turn('high'), _very_high: turn('very_high') };
  });
  for (const name of python ? ['soxr_chunk', 'librosa_chunk'] : []) sides[name] = () => python.turn(name);
  return alternate(sides, rounds);
}

/** Level of what comes out of each side, in dB relative to the tone that went in. */
export async function measureQuality(python) {
  const { Resampler, RateConverter } = loadNative();
  const whole = new Resampler({ ...RATES, channels: 1 });
  const sides = {
    native: async (input) => whole.convert(input),
    native_chunk_high: async (input) => stream(RateConverter, input, 'high'),
    native_chunk_very_high: async (input) => stream(RateConverter, input, 'very_high'),
  };
  for (const name of python ? ['soxr', 'librosa'] : []) {
    sides[name] = (input) => python.resample(name, input, FROM_HZ, TO_HZ);
  }
  const quality = {};
  for (const [name, convert] of Object.entries(sides)) {
    const [pass, stop] = [await levels(convert, PASS_HZ), await levels(convert, STOP_HZ)];
    quality[name] = {
      passDb: pass,
      aliasDb: stop,
      worstPassDb: Math.min(...Object.values(pass).map((db) => -Math.abs(db))),
      worstAliasDb: Math.max(...Object.values(stop)),
    };
  }
  return quality;
}

function stream(RateConverter, input, quality) {
  const converter = new RateConverter({ ...RATES, channels: 1, quality });
  const output = [];
  for (let start = 0; start + CHUNK <= input.length; start += CHUNK) {
    converter.input.set(input.subarray(start, start + CHUNK));
    converter.process();
    output.push(...converter.output);
  }
  return Float32Array.from(output);
}

async function levels(convert, frequencies) {
  const found = {};
  for (const hz of frequencies) found[hz] = level(await convert(tone(hz, FROM_HZ)));
  return found;
}

/** Of the middle half, where nothing begins or ends, relative to a tone of amplitude 0.5. */
function level(output) {
  const middle = output.subarray(output.length / 4, (3 * output.length) / 4);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power / 0.125 + 1e-20);
}
