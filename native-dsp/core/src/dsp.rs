//! Kernels shared by several nodes: pure functions and small state machines over slices.

pub mod audio_history;
pub mod band_split;
pub mod biquad;
pub mod dot;
pub mod dual_tone;
pub mod finite;
pub mod kaiser;
pub mod level;
pub mod level_normaliser;
pub mod limiter;
pub mod look_ahead;
pub mod noise_floor;
pub mod packet_timing;
pub mod polyphase;
pub mod rnnoise;
pub mod silero;
pub mod speech_level;
pub mod speech_state;
#[cfg(test)]
pub(crate) mod test_signal;
pub mod voice_mask;
pub mod webrtc_noise;
