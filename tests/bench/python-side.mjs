/** Everything that is measured beside what a Python user would take, and beside ourselves on other paths. */
import { loadNative } from '@remotemedia/native-dsp';
import { measureCold } from './cold.mjs';
import { measureJsonPath } from './crossing.mjs';
import { print, printSides } from './harness.mjs';
import { measureDenoise, measureSilero } from './models.mjs';
import { measureEnergyVad, measureInt16, measurePipeline } from './preprocessing.mjs';
import { pythonWithPackages, startPython } from './python.mjs';
import { measureChunks, measureQuality, measureResampling } from './resampling.mjs';
import { runtimes } from './runtimes.mjs';
import { speech, stereoMusic } from './signals.mjs';

/** Measures and prints everything; what cannot be measured here is named in `skipped`. */
export async function measureBesidePython() {
  const [music, voice] = [stereoMusic(), speech()];
  const voice16k = new (loadNative().Resampler)({ fromHz: 48_000, toHz: 16_000, channels: 1 }).convert(voice);
  const { python: interpreter, reason } = pythonWithPackages();
  const python = interpreter && (await startPython(interpreter, { music, speech: voice }));
  const converts = 'convertSamples' in loadNative();
  const skipped = [
    reason && `Python: ${reason}`,
    runtimes().skipped,
    !converts && '16-bit samples and what needs them: this addon cannot convert them',
    ...(python?.skipped ?? []),
  ].filter(Boolean);
  for (const what of skipped) console.log(`\nSkipped: ${what}`);
  const results = { versions: python?.versions ?? {}, skipped };
  const subjects = {
    resampling: ['10 s of stereo, 44.1 to 16 kHz, in one call', () => measureResampling(music, python)],
    chunks: ['The same in chunks of 10 ms, a chunk', () => measureChunks(music, python)],
    energyVad: ['Energy VAD, a frame (ours 10 ms, numpy 30 ms)', () => measureEnergyVad(voice16k, python)],
    ...(converts && {
      int16: ['10 s of stereo at 44.1 kHz, f32 to 16 bits', () => measureInt16(music, python)],
      pipeline: ['Resample, VAD, 16 bits: 10 s of stereo', () => measurePipeline(music, python)],
    }),
    silero: ['Silero VAD v6.2, a window of 32 ms', () => measureSilero(voice16k, python)],
    denoise: ['Noise suppression, 10 ms at 48 kHz', () => measureDenoise(voice, python)],
    jsonPath: ['A frame of 480 samples to Rust and back: typed array, JSON text', () => measureJsonPath()],
  };
  for (const [subject, [title, measure]] of Object.entries(subjects)) {
    results[subject] = await measure();
    printSides(title, results[subject]);
  }
  results.quality = await measureQuality(python);
  print(
    'What the resamplers do to tones',
    Object.entries(results.quality).map(([name, { worstPassDb, worstAliasDb }]) => [
      name,
      `to 7.3 kHz within ${(-worstPassDb).toFixed(3)} dB, aliases at most ${worstAliasDb.toFixed(1)} dB`,
    ]),
  );
  python?.stop();
  if (!converts) return results;
  results.cold = measureCold(music, interpreter);
  const milliseconds = (side) =>
    Object.entries(side)
      .filter(([key]) => key !== 'processes')
      .map(([key, value]) => `${key} ${value.toFixed(2)}`);
  print(
    'First five calls of a fresh process, their mean',
    Object.entries(results.cold).map(([name, side]) => [name, milliseconds(side).join(', ')]),
  );
  return results;
}
