//! Kernels shared by several nodes: pure functions and small state machines over slices.

pub mod audio_history;
pub mod band_split;
pub mod biquad;
pub mod delay_line;
pub mod dot;
pub mod dual_tone;
pub mod finite;
pub mod kaiser;
pub mod level;
pub mod level_normaliser;
pub mod limiter;
pub mod log_mel;
pub mod look_ahead;
pub mod mel_filters;
pub mod noise_floor;
pub mod packet_timing;
pub mod polyphase;
pub mod resampler;
pub mod rnnoise;
pub mod sample_format;
pub mod silero;
pub mod spectrum_bands;
pub mod speech_level;
pub mod speech_state;
#[cfg(test)]
pub(crate) mod test_signal;
pub mod voice_mask;
pub mod webrtc_noise;
