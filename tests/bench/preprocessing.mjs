/** The other rows of the seed's table, warm: energy VAD, samples to 16 bits, and the chain of all three. */
import { loadNative } from '@remotemedia/native-dsp';
import { alternate, manifest, timeEach, turnsOf } from './harness.mjs';
import { ourSides } from './runtimes.mjs';

const RATE_HZ = 16_000;
const FRAME = RATE_HZ / 100;
const VAD = manifest(['RustVADNode']);

/** A frame of speech judged by its energy: 10 ms here, 30 ms in Python (`vadFrames` tells what a second takes). */
export function measureEnergyVad(speech16k, python, rounds = 60) {
  const sides = ourSides((runtime) => ({ '': judge(runtime, speech16k) }));
  if (python) sides.numpy = () => python.turn('numpy_vad');
  return alternate(sides, rounds);
}

/** All samples of the ten seconds to 16 bits. */
export function measureInt16(music, python, rounds = 40) {
  const native = loadNative();
  const output = new Int16Array(music.length);
  const sides = {
    native: () => timeEach(() => native.convertSamples(music, 'i16')),
    native_into: () => timeEach(() => native.convertSamplesInto(music, output)),
  };
  if (python) sides.numpy = () => python.turn('numpy_int16');
  return alternate(sides, rounds);
}

/** Stereo at 44.1 kHz to 16 kHz, speech or not in each frame of the mix, 16-bit samples. */
export function measurePipeline(music, python, rounds = 20) {
  const chain = pipeline();
  const sides = { native: () => timeEach(() => chain(music)) };
  for (const name of python ? ['pipeline', 'pipeline_librosa'] : []) sides[name] = () => python.turn(name);
  return alternate(sides, rounds);
}

/** The chain as a function of interleaved stereo at 44.1 kHz: 16-bit samples at 16 kHz, and events. */
export function pipeline() {
  const native = loadNative();
  const resampler = new native.Resampler({
    fromHz: 44_100,
    toHz: RATE_HZ,
    channels: 2,
    layout: 'interleaved',
  });
  const detector = new native.OfflinePipeline(VAD, { sampleRate: RATE_HZ, channels: 2 });
  return (music) => {
    const audio = resampler.convert(music);
    const { input } = detector;
    for (let start = 0; start + 2 * FRAME <= audio.length; start += 2 * FRAME) {
      for (let n = 0; n < FRAME; n++) {
        input[n] = audio[start + 2 * n];
        input[FRAME + n] = audio[start + 2 * n + 1];
      }
      detector.process();
    }
    return { samples: native.convertSamples(audio, 'i16'), events: detector.drainEvents() };
  };
}

function judge({ OfflinePipeline }, speech) {
  const detector = new OfflinePipeline(VAD, { sampleRate: RATE_HZ, channels: 1 });
  const frames = Math.floor(speech.length / FRAME);
  return turnsOf((n) => {
    detector.input.set(speech.subarray(n * FRAME, (n + 1) * FRAME));
    detector.process();
  }, frames);
}
