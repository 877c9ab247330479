/** Networks: Silero a window of 32 ms beside onnxruntime with the published model, RNNoise a frame of 10 ms. */
import { alternate, manifest, turnsOf } from './harness.mjs';
import { ourSides } from './runtimes.mjs';

const WINDOW_SAMPLES = 512;
const FRAME_16K = 160;
const FRAME_48K = 480;
/** Frames of 10 ms after which whole windows have been judged: 16 frames are 5 windows. */
const FRAMES_A_RUN = 16;
const WINDOWS_A_RUN = (FRAMES_A_RUN * FRAME_16K) / WINDOW_SAMPLES;

/** A window of speech at 16 kHz. Ours is called every 10 ms, so 16 calls and their 5 windows are timed together. */
export function measureSilero(speech16k, python, rounds = 40) {
  const sides = ourSides(({ OfflinePipeline }) => {
    const silero = manifest(['SileroVADNode', { normalise_level: false }]);
    const detector = new OfflinePipeline(silero, { sampleRate: 16_000, channels: 1 });
    return { '': windows(detector, speech16k) };
  });
  if (python) sides.onnxruntime = () => python.turn('onnxruntime_silero');
  return alternate(sides, rounds);
}

/** The same network at work in both, and the lighter one that we take by default. */
export function measureDenoise(speech48k, python, rounds = 40) {
  const sides = ourSides(({ OfflinePipeline }) => {
    const turn = (params) => {
      const denoiser = new OfflinePipeline(manifest(['DenoiseNode', params]), {
        sampleRate: 48_000,
        channels: 1,
      });
      return frames(denoiser, speech48k);
    };
    return { _rnnoise: turn({ engine: 'rnnoise' }), '': turn({}) };
  });
  if (python && !python.skipped.length) sides.pyrnnoise = () => python.turn('pyrnnoise');
  return alternate(sides, rounds);
}

function windows(detector, speech) {
  const turn = turnsOf(
    (run) => {
      for (let n = run * FRAMES_A_RUN; n < (run + 1) * FRAMES_A_RUN; n++) {
        detector.input.set(speech.subarray(n * FRAME_16K, (n + 1) * FRAME_16K));
        detector.process();
      }
    },
    Math.floor(speech.length / (FRAMES_A_RUN * FRAME_16K)),
  );
  return () => {
    const times = turn().map((nanoseconds) => nanoseconds / WINDOWS_A_RUN);
    detector.drainEvents();
    return times;
  };
}

function frames(pipeline, speech) {
  return turnsOf(
    (n) => {
      pipeline.input.set(speech.subarray(n * FRAME_48K, (n + 1) * FRAME_48K));
      pipeline.process();
    },
    Math.floor(speech.length / FRAME_48K),
  );
}
