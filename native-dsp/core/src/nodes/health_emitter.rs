//! `HealthEmitterNode`: how sound the stream itself is, as one number and four alerts.

mod cadence;
mod freeze;
mod hysteresis;

use crate::dsp::packet_timing::PacketTiming;
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::time::MediaTime;
use cadence::Cadence;
use freeze::Freeze;
use hysteresis::Hysteresis;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "HealthEmitterNode",
    aliases: &["HealthEmitter"],
    summary: "Scores the health of the stream itself, and tells when it freezes or comes out of step.",
    documentation: "\
Judges windows of 100 ms and emits `stream_health` when an alert changes, and every second when the score has changed by \
more than `score_change_threshold`. A clean stream (score 1) is never mentioned.

- `is_frozen`: for `freeze_threshold_ms` the audio repeated itself to the bit (a stuck value or buffer of up to 60 ms; digital \
silence is not stuck), or no packet came, or media was skipped, or the input ended because packets stayed away.
- `is_lead_shifted`: for five windows packets have come `lead_threshold_ms` later or earlier than in the last seconds.
- `is_cadence_unstable`: for five windows the arrival of packets, within a second, has strayed on average by more than \
`cadence_cv_threshold` of their length. One late packet is not enough.
- `is_health_low`: for five windows the score has been below `health_threshold`.

Alerts are over after ten windows without cause. The score, a mean over a second, is 0 while frozen; a lead or cadence at half its threshold costs \
nothing, at the threshold 0.2, at twice the threshold 0.6. Files have no arrival times: of them only repetition is judged. The audio passes \
on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["stream_health"],
    requires: &[],
    build,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "lead_threshold_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 1.0,
            max: 2_000.0,
            default: 50.0,
        },
        documentation: "Change of the delay in ms that is a shift.",
    },
    ParamSpec {
        name: "freeze_threshold_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 600_000,
            default: 500,
        },
        documentation: "Standstill in ms that is a freeze. Browsers send only every 400 ms in silence where they use discontinuous transmission.",
    },
    ParamSpec {
        name: "av_skew_threshold_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 10_000.0,
            default: 80.0,
        },
        documentation: "Accepted for the sake of older manifests, and without effect: there is no video to compare with.",
    },
    ParamSpec {
        name: "cadence_cv_threshold",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.01,
            max: 100.0,
            default: 0.3,
        },
        documentation: "Straying of arrivals, as a share of the length of a packet, above which their cadence is unstable.",
    },
    ParamSpec {
        name: "health_threshold",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 1.0,
            default: 0.7,
        },
        documentation: "Score below which health is low.",
    },
    ParamSpec {
        name: "score_change_threshold",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 1.0,
            default: 0.05,
        },
        documentation: "Change of the score that is told.",
    },
];

/// Of 10 ms.
const WINDOW_FRAMES: u32 = 10;
/// That the score is a mean of.
const SCORE_WINDOWS: usize = 10;
const RAISE_AFTER: u32 = 5;
const CLEAR_AFTER: u32 = 10;
/// How fast the usual lead follows the lead, per window: a time constant of 5 s.
const LEAD_FOLLOWS: f64 = 0.02;

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    Ok(Built {
        node: Box::new(HealthEmitter {
            sample_rate: offered.sample_rate,
            lead_threshold_ms: params.number("lead_threshold_ms"),
            cadence_threshold: params.number("cadence_cv_threshold"),
            health_threshold: params.number("health_threshold") as f32,
            score_change: params.number("score_change_threshold") as f32,
            freeze: Freeze::new(params.integer("freeze_threshold_ms")),
            timing: PacketTiming::default(),
            cadence: Cadence::default(),
            frames: 0,
            windows: 0,
            lead_ms: None,
            usual_lead_ms: None,
            scores: [1.0; SCORE_WINDOWS],
            alerts: Alerts::default(),
            told: (1.0, [false; 4]),
            expected: None,
        }),
        input: offered,
        output: offered,
    })
}

struct HealthEmitter {
    sample_rate: u32,
    lead_threshold_ms: f64,
    cadence_threshold: f64,
    health_threshold: f32,
    score_change: f32,
    freeze: Freeze,
    timing: PacketTiming,
    cadence: Cadence,
    /// Frames in the window so far, and windows so far.
    frames: u32,
    windows: usize,
    /// Highest lead among the packets of the window, and what is usual.
    lead_ms: Option<f64>,
    usual_lead_ms: Option<f64>,
    /// Of the last windows, a ring.
    scores: [f32; SCORE_WINDOWS],
    alerts: Alerts,
    /// Score and alerts as told last.
    told: (f32, [bool; 4]),
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

struct Alerts {
    frozen: Hysteresis,
    cadence: Hysteresis,
    lead: Hysteresis,
    health: Hysteresis,
}

impl Default for Alerts {
    fn default() -> Self {
        let slow = || Hysteresis::new(RAISE_AFTER, CLEAR_AFTER);
        Self {
            // Its threshold is a time already.
            frozen: Hysteresis::new(1, CLEAR_AFTER),
            cadence: slow(),
            lead: slow(),
            health: slow(),
        }
    }
}

impl Node for HealthEmitter {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let end = input.position + input.audio.format().frame_samples() as i64;
        if let Some(expected) = self.expected.replace(end) {
            let skipped = MediaTime::from_samples(input.position - expected, self.sample_rate);
            self.freeze.skip(skipped.to_ms());
        }
        self.freeze.hear(input.audio, input.arrival.is_some());
        if let Some(arrival) = input.arrival {
            let media = MediaTime::from_samples(input.position, self.sample_rate);
            let packet = self.timing.update(media, arrival);
            self.freeze.skip(packet.lateness_ms);
            self.cadence.take(&packet);
            let highest = self.lead_ms.unwrap_or(f64::MIN);
            self.lead_ms = Some(packet.lead_ms.max(highest));
        }
        self.frames += 1;
        if self.frames == WINDOW_FRAMES {
            self.frames = 0;
            self.judge(end, output);
        }
    }

    fn reset(&mut self) {
        self.start_over();
        self.alerts = Alerts::default();
        self.scores = [1.0; SCORE_WINDOWS];
        self.told = (1.0, [false; 4]);
    }

    fn end_of_input(&mut self, position: i64, reason: EndReason, output: &mut Output<'_>) {
        self.start_over();
        if reason == EndReason::PacketTimeout {
            self.alerts.frozen.raise();
            self.scores = [0.0; SCORE_WINDOWS];
        } else {
            // It was announced: what comes after it is another stream.
            self.alerts = Alerts::default();
            self.scores = [1.0; SCORE_WINDOWS];
        }
        self.tell(position, output);
    }
}

impl HealthEmitter {
    fn start_over(&mut self) {
        self.freeze.reset();
        self.timing.reset();
        self.cadence.reset();
        (self.frames, self.windows) = (0, 0);
        (self.lead_ms, self.usual_lead_ms) = (None, None);
        self.expected = None;
    }

    fn judge(&mut self, end: i64, output: &mut Output<'_>) {
        let is_frozen = self.freeze.end_window();
        let strain = self
            .cadence
            .end_window()
            .map(|cv| cv / self.cadence_threshold);
        let shift = self.lead_ms.take().map(|lead_ms| {
            let usual = self.usual_lead_ms.get_or_insert(lead_ms);
            let shift_ms = (lead_ms - *usual).abs();
            *usual += (lead_ms - *usual) * LEAD_FOLLOWS;
            shift_ms / self.lead_threshold_ms
        });
        let score = match is_frozen {
            true => 0.0,
            false => grade(strain) * grade(shift),
        };
        self.scores[self.windows % SCORE_WINDOWS] = score;
        self.windows += 1;
        let is_low = self.score() < self.health_threshold;
        self.alerts.frozen.update(is_frozen);
        self.alerts.health.update(is_low);
        // A window without packets says nothing of them.
        for (alert, ratio) in [
            (&mut self.alerts.cadence, strain),
            (&mut self.alerts.lead, shift),
        ] {
            if let Some(ratio) = ratio {
                alert.update(ratio > 1.0);
            }
        }
        let is_due = self.windows.is_multiple_of(SCORE_WINDOWS)
            && (self.score() - self.told.0).abs() > self.score_change;
        if is_due || self.alerts.states() != self.told.1 {
            self.tell(end, output);
        }
    }

    fn score(&self) -> f32 {
        self.scores.iter().sum::<f32>() / SCORE_WINDOWS as f32
    }

    fn tell(&mut self, position: i64, output: &mut Output<'_>) {
        let now = (self.score(), self.alerts.states());
        if std::mem::replace(&mut self.told, now) == now {
            return;
        }
        let (
            score,
            [
                is_frozen,
                is_cadence_unstable,
                is_lead_shifted,
                is_health_low,
            ],
        ) = now;
        output.emit(
            position,
            EventKind::StreamHealth {
                score,
                is_frozen,
                is_cadence_unstable,
                is_lead_shifted,
                is_health_low,
            },
        );
    }
}

impl Alerts {
    fn states(&self) -> [bool; 4] {
        [&self.frozen, &self.cadence, &self.lead, &self.health].map(Hysteresis::is_raised)
    }
}

/// What a measure leaves of the score, given its ratio to its threshold.
fn grade(ratio: Option<f64>) -> f32 {
    let excess = (ratio.unwrap_or(0.0) - 0.5) / 1.5;
    1.0 - 0.6 * excess.clamp(0.0, 1.0) as f32
}

#[cfg(test)]
mod tests;
