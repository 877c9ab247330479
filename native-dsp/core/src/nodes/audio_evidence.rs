//! `AudioEvidenceNode`: the audio around an alert, to listen to afterwards.

use crate::alert::Alert;
use crate::alert_watch::{AlertWatch, DEAD_AIR_ISSUE_MS};
use crate::dsp::audio_history::AudioHistory;
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "AudioEvidenceNode",
    aliases: &["AudioEvidence"],
    summary: "Cuts out the audio around an alert, so that it can be listened to.",
    documentation: "\
Connect monitors to it. When one of them raises an alert it waits `post_alert_s` and emits `audio_evidence`: the clip from \
`pre_alert_s` before the alert to `post_alert_s` after it, whose first sample is the event's time. With `emit_audio_data` \
the clip itself is kept as 16 kHz mono 16-bit audio, to be fetched as utterances are; without, only its place is told, and no audio is \
kept at all.

What else happens until the clip is complete belongs to it. After `max_clips` clips there are no more. A clip is shorter where \
the stream begins, ends or skips media within it. Silence, low volume and missing speech are alerts when they have lasted \
`dead_air_issue_ms`. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["audio_evidence"],
    requires: &[],
    build,
};

const FORMAT: Format = Format::mono(16_000);
const SAMPLES_PER_SECOND: f64 = 16_000.0;
const SAMPLES_PER_MS: f64 = 16.0;

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "buffer_duration_s",
        aliases: &[],
        kind: ParamKind::Number {
            min: 1.0,
            max: 60.0,
            default: 10.0,
        },
        documentation: "Audio in seconds that is kept; not less than `pre_alert_s` and `post_alert_s` together.",
    },
    ParamSpec {
        name: "pre_alert_s",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 60.0,
            default: 3.0,
        },
        documentation: "Seconds of the clip before the alert.",
    },
    ParamSpec {
        name: "post_alert_s",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 60.0,
            default: 2.0,
        },
        documentation: "Seconds of the clip after the alert.",
    },
    ParamSpec {
        name: "max_clips",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 1,
            max: 10_000,
            default: 10,
        },
        documentation: "Clips of one stream; alerts after that leave none.",
    },
    ParamSpec {
        name: "emit_audio_data",
        aliases: &[],
        kind: ParamKind::Flag { default: false },
        documentation: "Whether the audio is kept, and not only its place. Recordings of people may need their consent.",
    },
    DEAD_AIR_ISSUE_MS,
];

fn build(params: &Params, _: Format) -> Result<Built, BuildError> {
    let samples = |name: &str| (params.number(name) * SAMPLES_PER_SECOND).round() as i64;
    let (before, after) = (samples("pre_alert_s"), samples("post_alert_s"));
    let kept = samples("buffer_duration_s");
    if before + after > kept {
        return Err(BuildError {
            param: "buffer_duration_s",
            message: "buffer_duration_s is less than pre_alert_s and post_alert_s together.".into(),
            hint: "Raise buffer_duration_s, or shorten the clip; all are seconds.".into(),
        });
    }
    // An alert is known only some time after it: what it is about may be older than the clip.
    let history = || AudioHistory::with_capacity(kept as usize + FORMAT.frame_samples());
    Ok(Built {
        node: Box::new(AudioEvidence {
            before,
            after,
            kept,
            max_clips: params.integer("max_clips") as u32,
            history: params.flag("emit_audio_data").then(history),
            heard: None,
            watch: AlertWatch::new(FORMAT.sample_rate, params),
            open: None,
            count: 0,
        }),
        input: FORMAT,
        output: FORMAT,
    })
}

struct AudioEvidence {
    /// Lengths and positions are in samples.
    before: i64,
    after: i64,
    kept: i64,
    max_clips: u32,
    /// `None` where only the place is told.
    history: Option<AudioHistory>,
    /// First sample and end of the media without a gap.
    heard: Option<(i64, i64)>,
    watch: AlertWatch,
    open: Option<Clip>,
    count: u32,
}

/// A clip that is not complete.
#[derive(Clone, Copy)]
struct Clip {
    alert: Alert,
    at: i64,
    first: i64,
}

impl Node for AudioEvidence {
    /// Allocates only the clips that it gives away.
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let position = input.position;
        let end = position + FORMAT.frame_samples() as i64;
        if self.heard.is_none_or(|(_, heard)| heard != position) {
            self.finish(output);
            self.heard = Some((position, position));
            if let Some(history) = &mut self.history {
                history.restart(position);
            }
        }
        if let Some(history) = &mut self.history {
            history.push(input.audio.channel(0));
            history.forget_before(end - self.kept);
        }
        let start = self.heard.map_or(position, |(start, _)| start);
        let start = start.max(end - self.kept);
        self.heard = self.heard.map(|(first, _)| (first, end));
        let fresh = self.watch.listen(input).raised;
        if let Some(alert) = fresh.iter().next()
            && self.open.is_none()
            && self.count < self.max_clips
        {
            let at = self.watch.raised_at(alert).unwrap_or(end).clamp(start, end);
            let first = (at - self.before).max(start);
            self.open = Some(Clip { alert, at, first });
        }
        if self.open.is_some_and(|clip| end >= clip.at + self.after) {
            self.finish(output);
        }
    }

    fn reset(&mut self) {
        if let Some(history) = &mut self.history {
            history.restart(0);
        }
        self.heard = None;
        self.watch.reset();
        self.open = None;
        self.count = 0;
    }

    fn end_of_input(&mut self, _: i64, _: EndReason, output: &mut Output<'_>) {
        self.finish(output);
        self.heard = None;
        self.watch.end_of_input();
    }
}

impl AudioEvidence {
    /// Gives the open clip, if any, as far as there is audio.
    fn finish(&mut self, output: &mut Output<'_>) {
        let (Some(clip), Some((_, heard))) = (self.open.take(), self.heard) else {
            return;
        };
        let end = heard.min(clip.at + self.after).max(clip.at);
        let history = self.history.as_ref();
        let samples = history.map_or(Vec::new(), |history| history.copy(clip.first..end));
        let ms = |samples: i64| (samples as f64 / SAMPLES_PER_MS) as f32;
        output.emit(
            clip.first,
            EventKind::AudioEvidence {
                index: self.count,
                alert: clip.alert,
                alert_offset_ms: ms(clip.at - clip.first),
                duration_ms: ms(end - clip.first),
                audio_sample_rate: FORMAT.sample_rate,
                has_audio: !samples.is_empty(),
                samples,
            },
        );
        self.count += 1;
    }
}

#[cfg(test)]
mod tests;
