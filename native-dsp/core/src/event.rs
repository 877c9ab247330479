//! What nodes and sessions report: typed, stamped in media time, bounded in number.

use serde::Serialize;

use crate::alert::{Alert, AlertSet};
pub use crate::event_payload::{AudioChunk, LogMel, Spectrum, Utterance};
use crate::per_channel::{ChannelSet, ChannelValues};
use crate::time::MediaTime;

/// Node index of events that the session itself reports.
pub const SESSION_NODE: u8 = u8::MAX;

/// Something that happened, and when.
#[derive(Debug)]
pub struct Event {
    /// Index of the reporting node in the manifest, or [`SESSION_NODE`].
    pub node: u8,
    /// The moment the event is about, at the session's input.
    pub time: MediaTime,
    /// How far the media had been processed when it was noticed. Never before `time`.
    pub detected: MediaTime,
    /// Whether only the nodes downstream hear it: it does not leave the graph.
    pub internal: bool,
    /// What happened.
    pub kind: EventKind,
}

/// Every event type, with the fields that appear in its JSON.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventKind {
    /// Speech began; `time` is its first sample, before prefix padding.
    SpeechStarted {
        /// Speech probability of the window that confirmed it, 0 to 1.
        probability: f32,
        /// RMS level of that window in dB relative to full scale, -120 to 0.
        level_dbfs: f32,
        /// What decided it.
        reason: SpeechReason,
        /// Padding wanted before the start, in ms.
        prefix_padding_ms: f32,
    },
    /// Speech ended; `time` is its last sample, not the end of the silence that proved it.
    SpeechStopped {
        /// Speech probability of the window that decided it, 0 to 1.
        probability: f32,
        /// RMS level of that window in dB relative to full scale.
        level_dbfs: f32,
        /// What decided it.
        reason: SpeechReason,
        /// Length of the speech, in ms.
        duration_ms: f32,
    },
    /// Something began like speech and ended before `min_speech_duration_ms`.
    SpeechMisfire {
        /// Highest probability seen in it, 0 to 1.
        probability: f32,
        /// RMS level of the last window in dB relative to full scale.
        level_dbfs: f32,
        /// Length of the misfire, in ms.
        duration_ms: f32,
    },
    /// Something began that may be speech; `time` is its first sample. Whoever cannot wait acts now: it will be
    /// confirmed or cancelled.
    SpeculationStarted {
        /// Speech probability of its first window, 0 to 1.
        probability: f32,
        /// How much audio before `time` is speculated on, in ms.
        lookback_ms: f32,
    },
    /// It is speech; `time` is its first sample, as in `speculation_started`.
    SpeculationConfirmed {
        /// Speech probability of the window that confirmed it, 0 to 1.
        probability: f32,
    },
    /// It was no speech: what was made of it is to be taken back. `time` is its first sample, as in
    /// `speculation_started`.
    SpeculationCancelled {
        /// Highest probability seen in it, 0 to 1.
        probability: f32,
        /// First moment of the audio to be taken back, on the session's timeline, in ms.
        from_ms: f64,
        /// Last moment of that audio, in ms.
        to_ms: f64,
    },
    /// Speech probability of one window; `time` is the window's end.
    VadProbability {
        /// 0 to 1.
        probability: f32,
        /// Whether the detector is in speech after this window.
        speech: bool,
    },
    /// A whole utterance; `time` is its first sample, pre-roll included.
    Utterance(Box<Utterance>),
    /// Speech paused; `time` is its last sample. Unless it goes on, it becomes an utterance.
    CommitPending {
        /// Number that the utterance will have.
        index: u32,
        /// Length so far including pre-roll, in ms.
        duration_ms: f32,
        /// Silence after `time` that makes it an utterance, in ms.
        commit_delay_ms: f32,
    },
    /// The pause was not the end, or what came before it no utterance; `time` is the first sample of the speech
    /// that goes on, or the last of what was too short.
    CommitCancelled {
        /// The number in `commit_pending`.
        index: u32,
        /// Why.
        reason: CancelReason,
    },
    /// Level over one window; `time` is the window's end.
    AudioLevel {
        /// Root mean square in dB relative to full scale, -120 to 0.
        rms_dbfs: f32,
        /// Highest absolute sample in dB relative to full scale, -120 to 0.
        peak_dbfs: f32,
        /// Whether the RMS is below the node's `silence_threshold_db`.
        is_silence: bool,
        /// Whether the RMS is below the node's `low_volume_threshold_db`.
        is_low_volume: bool,
    },
    /// Silence that lasts or dropouts began or ended; `time` is where. One verdict or both have changed.
    Silence {
        /// Whether it has been silent for the node's `sustained_silence_ms`.
        is_sustained_silence: bool,
        /// Whether audio was cut off repeatedly of late.
        has_intermittent_dropouts: bool,
        /// Length of the current silence, or of the one that just ended, in ms; 0 in sound.
        silence_duration_ms: f32,
        /// Dropouts within the node's `dropout_window_ms`, counted up to its threshold.
        dropout_count: u32,
        /// RMS level of the last 10 ms in dB relative to full scale, -120 to 0.
        level_dbfs: f32,
    },
    /// Clipping began or ended; `time` is the end of the window that shows it.
    Clipping {
        /// Whether the window is clipped.
        is_clipping: bool,
        /// Samples of the worst channel at the node's `saturation_threshold` or beyond, in per cent.
        saturation_ratio_percent: f32,
        /// Peak over RMS of that channel, in dB.
        crest_factor_db: f32,
        /// Its highest absolute sample in dB relative to full scale, -120 to 0.
        peak_dbfs: f32,
    },
    /// Loudness by EBU R 128; `time` is the end of the interval. -120 stands for silence.
    Loudness {
        /// Of the last 400 ms, in LUFS.
        momentary_lufs: f32,
        /// Of the last 3 s, in LUFS.
        short_term_lufs: f32,
        /// Of everything since the start but the pauses, in LUFS.
        integrated_lufs: f32,
        /// Highest true peak of the interval in dB relative to full scale; may exceed 0.
        true_peak_dbtp: f32,
    },
    /// A key of a telephone was pressed and let go; `time` is the tones' first sample.
    Dtmf {
        /// `0` to `9`, `A` to `D`, `*` or `#`.
        digit: char,
        /// Length of the tones, in ms.
        duration_ms: f32,
    },
    /// A chunk of exactly the wanted size, or what was left at the end; `time` is its first sample.
    AudioChunk(Box<AudioChunk>),
    /// What the sound is made of, in bands for a display; `time` is the end of the window that was analysed.
    Spectrum(Box<Spectrum>),
    /// Frames of a log-mel spectrogram; `time` is the middle of the first one's window.
    LogMel(Box<LogMel>),
    /// The balance of the channels changed; `time` is the end of the window that shows it.
    ChannelBalance {
        /// Whether the channels differ by more than the node's `imbalance_threshold_db`.
        is_imbalanced: bool,
        /// How many channels are below the node's `dead_channel_threshold_db`.
        dead_channels: u32,
        /// Difference of the loudest and the quietest, in dB.
        imbalance_db: f32,
        /// Index of the loudest channel, from 0.
        loudest_channel: u32,
        /// Its RMS level in dB relative to full scale, -120 to 0.
        loudest_dbfs: f32,
        /// Index of the quietest channel.
        quietest_channel: u32,
        /// Its RMS level in dB relative to full scale.
        quietest_dbfs: f32,
    },
    /// Who speaks has changed; `time` is where the new state began.
    SpeechPresence {
        /// The state that began.
        state: PresenceState,
        /// The one that ended, or the same where this only repeats it.
        previous_state: PresenceState,
        /// How long that one lasted, in ms.
        previous_duration_ms: f32,
        /// The channels on which somebody speaks.
        active_channels: ChannelSet,
    },
    /// How a conversation went over one window; `time` is the window's end.
    ConversationFlow {
        /// Length of the window in ms; less than the node's `window_ms` at the start.
        window_ms: f32,
        /// Share of the window in which each channel speaks, 0 to 1.
        talk_ratios: ChannelValues,
        /// Turns in the window.
        turns: u32,
        /// Their mean length, in ms.
        mean_turn_ms: f32,
        /// Turns that began while another spoke, and outlasted it.
        interruptions: u32,
        /// Longest stretch in which nobody speaks, in ms.
        longest_silence_ms: f32,
    },
    /// The health of the session has changed, or is still not ok; `time` is when.
    SessionHealth {
        /// The verdict.
        state: HealthState,
        /// 1 less what each issue costs, 0 to 1.
        score: f32,
        /// What is wrong, or was a moment ago.
        issues: AlertSet,
    },
    /// A verdict on the arrival of packets has changed; `time` is the end of the window that shows it.
    TimingDrift {
        /// Whether the jitter is above the node's `jitter_threshold_ms`.
        is_jittery: bool,
        /// Whether the drift is above the node's `drift_threshold_ms_per_s`.
        is_drifting: bool,
        /// Whether the lead has changed from one window to the next by more than `lead_threshold_ms`.
        has_lead_jump: bool,
        /// Interarrival jitter (RFC 3550 section 6.4.1), in ms.
        jitter_ms: f32,
        /// How fast the media gains on the clock, in ms per second.
        drift_ms_per_s: f32,
        /// Media time less arrival time of the earliest packet, since the first one, in ms.
        lead_ms: f32,
    },
    /// Several alerts came together, or one more joined them; `time` is the first.
    Incident {
        /// Counts the incidents of this node, from 0. The same again where an alert joins.
        index: u32,
        /// What came together.
        alerts: AlertSet,
        /// From the first to the last, in ms.
        duration_ms: f32,
    },
    /// Audio around an alert; `time` is the clip's first sample.
    AudioEvidence {
        /// Counts the clips of this node, from 0.
        index: u32,
        /// The alert that it is about.
        alert: Alert,
        /// From the clip's start to the alert, in ms.
        alert_offset_ms: f32,
        /// Length of the clip, in ms.
        duration_ms: f32,
        /// Rate of `samples`, in Hz.
        audio_sample_rate: u32,
        /// Whether the audio was kept, and not only its place.
        has_audio: bool,
        /// Mono 16-bit samples, where `has_audio`; not part of the event's JSON.
        #[serde(skip)]
        samples: Vec<i16>,
    },
    /// The health of the stream or an alert has changed; `time` is the end of the window that shows it.
    StreamHealth {
        /// 1 is sound, 0 is useless.
        score: f32,
        /// Whether the input stands still or has stopped coming.
        is_frozen: bool,
        /// Whether packets come out of step.
        is_cadence_unstable: bool,
        /// Whether the delay is not what it was.
        is_lead_shifted: bool,
        /// Whether the score is below the node's `health_threshold`.
        is_health_low: bool,
    },
    /// A stretch of media was not received as sent; `time` is its first sample.
    Gap {
        /// Why.
        cause: GapCause,
        /// What stands there instead.
        filled_with: GapFill,
        /// Length in ms.
        duration_ms: f32,
    },
    /// A node failed and the policy for it was applied.
    NodeError {
        /// Stable code.
        code: &'static str,
        /// What went wrong.
        message: String,
        /// What happened to the node: `fail_session`, `bypass` or `mute`.
        policy: &'static str,
    },
}

impl EventKind {
    /// Whether it hands memory away that its node had to take for it, which a node may do once per interval,
    /// chunk or utterance. Every other event is made without allocating.
    pub fn carries_payload(&self) -> bool {
        matches!(
            self,
            Self::Utterance(_)
                | Self::AudioChunk(_)
                | Self::Spectrum(_)
                | Self::LogMel(_)
                | Self::AudioEvidence {
                    has_audio: true,
                    ..
                }
        )
    }
}

/// What made a detector decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeechReason {
    /// The probability crossed the threshold (and stayed long enough).
    Threshold,
    /// The longest permitted speech was reached.
    MaxDuration,
    /// The track was muted or removed by the client.
    Mute,
    /// The track or the session ended.
    TrackEnded,
    /// No packet came for too long.
    PacketTimeout,
    /// The caller asked for it.
    Flush,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// Nobody, for a moment.
    Quiet,
    /// One.
    Speaking,
    /// Several at once, for some time.
    Overlap,
    /// Nobody, for long.
    DeadAir,
}

/// How a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// Nothing that matters is wrong.
    Ok,
    /// One can talk, but not well.
    Degraded,
    /// One cannot talk.
    Unhealthy,
}

/// Why an utterance that was about to be given was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Speech went on within the delay.
    Resumed,
    /// Nothing came after it, and it was shorter than the shortest utterance.
    TooShort,
}

/// Why the input ended or paused.
pub type EndReason = SpeechReason;

/// Why media is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapCause {
    /// Packets were lost.
    Loss,
    /// The sender stopped sending during silence (discontinuous transmission).
    Dtx,
    /// The sender paused, was muted, or lost its network for long.
    Pause,
    /// The decoder refused the packet.
    Corrupt,
}

/// What stands in place of missing media.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapFill {
    /// Audio that the decoder extrapolated.
    Concealment,
    /// Silence.
    Silence,
    /// Nothing: the media timeline jumps.
    Nothing,
}

/// Events of one tick: a bounded queue that never allocates after it was made.
#[derive(Debug)]
pub struct EventQueue {
    events: Vec<Event>,
    dropped: u64,
}

impl EventQueue {
    /// A queue for at most `capacity` events.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            events: Vec::with_capacity(capacity),
            dropped: 0,
        }
    }

    /// Adds an event, or counts it as dropped when the queue is full.
    pub fn push(&mut self, event: Event) {
        if self.events.len() < self.events.capacity() {
            self.events.push(event);
        } else {
            self.dropped += 1;
        }
    }

    /// The events so far, oldest first.
    pub fn as_slice(&self) -> &[Event] {
        &self.events
    }

    /// Takes all events out, oldest first.
    pub fn drain(&mut self) -> std::vec::Drain<'_, Event> {
        self.events.drain(..)
    }

    /// How many events did not fit, ever.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Queues of events are allocated whole for every session, so what is large goes into a box.
    #[test]
    fn an_event_stays_small() {
        assert!(size_of::<Event>() <= 88, "{} bytes", size_of::<Event>());
    }
}
