//! `SileroVADNode`: where speech starts and stops.

use crate::detector::{self, Detector, Report};
use crate::dsp::silero::SileroNetwork;
use crate::format::Format;
use crate::node::Built;
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SileroVADNode",
    aliases: &["SileroVAD", "SileroVadNode", "VADNode"],
    summary: "Detects speech with the Silero v6.2 network and reports where it starts and stops.",
    documentation: "\
Listens to 16 kHz mono (the plan converts a copy; the audio passes on untouched) and judges each window of \
512 samples, 32 ms, with [Silero VAD](https://github.com/snakers4/silero-vad) v6.2.

- `speech_started`, once speech has lasted `min_speech_duration_ms`. Its time is the first sample of the \
first window above `threshold`, so it is early and true although it is announced late; \
`detection_delay_ms` says how late.
- `speech_stopped`, once silence has lasted `min_silence_duration_ms`. Its time is the last sample of speech, \
before that silence. `reason` is `threshold`, `max_duration`, or why the input ended.
- `speech_misfire`, when what looked like a start was over before `min_speech_duration_ms`.
- `vad_probability` for each window, where `emit_probability` asks for it.

Starts and stops alternate, and their times never run backwards. For an interruption that must be noticed \
fast, lower `min_speech_duration_ms`; for far-field microphones, lower `threshold` to 0.3. Place it before \
noise suppression, which lowers its accuracy. Skipped media shorter than `min_silence_duration_ms` is \
bridged; longer gaps stop the speech with reason `packet_timeout`. Times given in seconds elsewhere \
(`stop_secs`, `min_speech_duration`) have no alias here, because a number does not tell its unit.",
    role: Role::Analyser,
    params: PARAMS,
    events: detector::EVENTS,
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    detector::THRESHOLD,
    detector::NEG_THRESHOLD,
    detector::MIN_SPEECH_DURATION_MS,
    detector::MIN_SILENCE_DURATION_MS,
    detector::PREFIX_PADDING_MS,
    detector::MAX_SPEECH_DURATION_S,
    detector::EMIT_PROBABILITY,
    detector::SAMPLE_RATE,
    detector::NORMALISE_LEVEL,
];

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let (threshold, neg_threshold) = detector::thresholds(params)?;
    let rules = detector::rules(params, threshold, neg_threshold)?;
    let report = Report {
        prefix_padding_ms: params.number("prefix_padding_ms") as f32,
        emit_probability: params.flag("emit_probability"),
        speculation_lookback: None,
    };
    let normalise_level = params.flag("normalise_level");
    Ok(Detector::new(SileroNetwork::new(), rules, normalise_level, report).built())
}

#[cfg(test)]
mod tests;
