//! What events carry that is too large to be part of them: always in a box, so that an event stays small.

use serde::Serialize;

use crate::event::SpeechReason;

/// One utterance cut out of the stream.
#[derive(Debug, Serialize)]
pub struct Utterance {
    /// Counts the utterances of this node, from 0.
    pub index: u32,
    /// Length including pre-roll, in ms.
    pub duration_ms: f32,
    /// Mean speech probability over the utterance where the VAD says it, 0 to 1.
    pub probability: f32,
    /// What ended it.
    pub reason: SpeechReason,
    /// Whether the utterance goes on in the next one (split at the maximum length).
    pub continues: bool,
    /// Rate of `samples`, in Hz.
    pub audio_sample_rate: u32,
    /// Mono 16-bit samples; not part of the event's JSON.
    #[serde(skip)]
    pub samples: Vec<i16>,
}

/// One chunk of the stream, in the format that its node was fed.
#[derive(Debug, Serialize)]
pub struct AudioChunk {
    /// Counts the chunks of this node, from 0.
    pub index: u32,
    /// Samples per channel.
    pub length_samples: u32,
    /// The same in ms.
    pub duration_ms: f32,
    /// Whether it is shorter than the chunks before because the audio ended or was interrupted.
    pub is_partial: bool,
    /// Channels in `samples`.
    pub channels: u8,
    /// Rate of `samples`, in Hz.
    pub audio_sample_rate: u32,
    /// Planar: `length_samples` of the first channel, then those of the next; not part of the event's JSON.
    #[serde(skip)]
    pub samples: Vec<f32>,
}

/// The level in each band of a spectrum.
#[derive(Debug, Serialize)]
pub struct Spectrum {
    /// Lower bound of the first band in Hz.
    pub min_hz: f32,
    /// Upper bound of the last band in Hz. All bands are equally wide on a logarithmic scale.
    pub max_hz: f32,
    /// RMS level of each band in dB relative to full scale, -120 to 0, lowest band first.
    pub bands_dbfs: Vec<f32>,
}

/// Frames of a log-mel spectrogram, 10 ms apart.
#[derive(Debug, Serialize)]
pub struct LogMel {
    /// Values in each frame: mel bands, lowest first.
    pub mels: u32,
    /// Number of frames.
    pub frames: u32,
    /// Frames that this node gave before these.
    pub first_frame: u64,
    /// `frames * mels` values, frame after frame: logarithms (base 10) of power, -10 or more.
    pub values: Vec<f32>,
}
