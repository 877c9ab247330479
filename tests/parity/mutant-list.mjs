// What `mutants.mjs` changes: one number of each kernel, and a node that must be seen to differ.

/**
 * @typedef {object} Mutant
 * @property {string} name
 * @property {string} subject a node type.
 * @property {string} path below `native-dsp/core/src`.
 * @property {string} before what is there once.
 * @property {string} after
 */

/** @type {readonly Mutant[]} */
export const MUTANTS = [
  {
    name: 'a coefficient of the high-pass',
    subject: 'HighPassNode',
    path: 'dsp/biquad.rs',
    before: 'b: [norm, -2.0 * norm, norm]',
    after: 'b: [norm, -1.9999 * norm, norm]',
  },
  {
    name: 'a tap of the resampler',
    subject: 'FastResampleNode',
    path: 'dsp/polyphase/filter.rs',
    before: '(tap * phases as f64) as f32;',
    after: '(tap * phases as f64) as f32 * if index == 77 { 1.01 } else { 1.0 };',
  },
  {
    name: "the resampler's window",
    subject: 'FastResampleNode',
    path: 'dsp/kaiser.rs',
    before: 'x * x / 4.0',
    after: 'x * x / 4.001',
  },
  {
    name: 'the factor of decibels',
    subject: 'AudioLevelNode',
    path: 'dsp/level.rs',
    before: '10.0 * mean_square',
    after: '10.001 * mean_square',
  },
  {
    name: "the limiter's release",
    subject: 'AgcNode',
    path: 'dsp/limiter.rs',
    before: 'RELEASE_MS: f32 = 80.0',
    after: 'RELEASE_MS: f32 = 80.5',
  },
  {
    name: 'the release of the limiter that looks ahead',
    subject: 'LimiterNode',
    path: 'dsp/look_ahead.rs',
    before: '(-1.0 / release).exp()',
    after: '(-1.01 / release).exp()',
  },
  {
    name: 'the share of saturated samples',
    subject: 'ClippingDetectorNode',
    path: 'nodes/clipping_detector.rs',
    before: '100.0 * count as f32',
    after: '100.01 * count as f32',
  },
  {
    name: 'how fast the level of speech is forgotten',
    subject: 'AgcNode',
    path: 'dsp/speech_level.rs',
    before: 'MEMORY_FRAMES: f64 = 400.0',
    after: 'MEMORY_FRAMES: f64 = 300.0',
  },
  {
    name: 'the loudness that the speech detector hears',
    subject: 'SileroVADNode',
    path: 'dsp/level_normaliser.rs',
    before: 'TARGET_DBFS: f32 = -20.0',
    after: 'TARGET_DBFS: f32 = -20.1',
  },
  {
    name: 'how long the floor of noise remembers',
    subject: 'RustVADNode',
    path: 'dsp/noise_floor.rs',
    before: 'STRETCH_MS: usize = 250',
    after: 'STRETCH_MS: usize = 100',
  },
  {
    name: 'the slope of energy to probability',
    subject: 'RustVADNode',
    path: 'nodes/energy_vad.rs',
    before: 'CURVE_DB: f32 = 3.0',
    after: 'CURVE_DB: f32 = 3.01',
  },
  {
    name: 'how far above the noise a voice is',
    subject: 'SpeechPresenceNode',
    path: 'dsp/voice_mask.rs',
    before: 'NOISE_MARGIN_DB: f32 = 9.0',
    after: 'NOISE_MARGIN_DB: f32 = 12.0',
  },
  {
    name: "the scale of WebRTC's noise suppressor",
    subject: 'DenoiseNode',
    path: 'dsp/webrtc_noise.rs',
    before: 'SCALE: f32 = 32_768.0',
    after: 'SCALE: f32 = 32_700.0',
  },
  {
    name: 'the scale of RNNoise',
    subject: 'DenoiseNode',
    path: 'dsp/rnnoise.rs',
    before: 'SCALE: f32 = 32_768.0',
    after: 'SCALE: f32 = 32_700.0',
  },
  {
    name: 'where the tone of a telephone key ends',
    subject: 'DtmfNode',
    path: 'nodes/dtmf.rs',
    before: 'EDGE: f32 = 0.25',
    after: 'EDGE: f32 = 0.35',
  },
  {
    name: 'the window of the spectrum',
    subject: 'SpectrumNode',
    path: 'dsp/spectrum_bands.rs',
    before: '(before + after) * 0.25',
    after: '(before + after) * 0.251',
  },
  {
    name: 'the scale of mels',
    subject: 'LogMelNode',
    path: 'dsp/mel_filters.rs',
    before: 'STEPS: f64 = 27.0',
    after: 'STEPS: f64 = 27.01',
  },
  {
    name: 'the range of log-mel frames',
    subject: 'LogMelNode',
    path: 'dsp/log_mel.rs',
    before: 'RANGE: f32 = 8.0',
    after: 'RANGE: f32 = 8.01',
  },
  {
    name: 'the decibels of true peaks',
    subject: 'LoudnessNode',
    path: 'nodes/loudness.rs',
    before: '20.0 * peak.max(1e-6)',
    after: '20.001 * peak.max(1e-6)',
  },
  {
    name: "how fast the noise gate's level falls",
    subject: 'NoiseGateNode',
    path: 'nodes/noise_gate.rs',
    before: 'LEVEL_FALL_MS: f64 = 10.0',
    after: 'LEVEL_FALL_MS: f64 = 10.1',
  },
  {
    name: 'the decibels of a gain',
    subject: 'GainNode',
    path: 'nodes/gain.rs',
    before: 'as f32 / 20.0)',
    after: 'as f32 / 20.001)',
  },
  {
    name: 'the ceiling of a mix',
    subject: 'MixNode',
    path: 'nodes/mix.rs',
    before: 'Limiter::new(1.0)',
    after: 'Limiter::new(0.999)',
  },
  {
    name: 'the step of 16-bit samples',
    subject: 'RustFormatConverterNode',
    path: 'nodes/format_converter.rs',
    before: '1.0 / 32_768.0',
    after: '1.0 / 32_767.0',
  },
  {
    name: 'how long the shortest dropout is',
    subject: 'SilenceDetectorNode',
    path: 'nodes/silence_detector.rs',
    before: 'SHORTEST_DROPOUT_MS: i64 = 100',
    after: 'SHORTEST_DROPOUT_MS: i64 = 170',
  },
  {
    name: 'the fade of the speculative gate',
    subject: 'SpeculativeVADGate',
    path: 'nodes/speculative_vad_gate.rs',
    before: 'FADE_MS: f64 = 5.0',
    after: 'FADE_MS: f64 = 5.5',
  },
  {
    name: 'what clipping costs the health of a session',
    subject: 'SessionHealthNode',
    path: 'nodes/session_health.rs',
    before: 'Alert::LeadShift => 0.3',
    after: 'Alert::LeadShift => 0.31',
  },
];
