//! `SessionHealthNode`: one verdict out of what the monitors report.

use crate::alert::{Alert, AlertSet};
use crate::alert_watch::{AlertWatch, DEAD_AIR_ISSUE_MS};
use crate::event::{EndReason, EventKind, HealthState};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "SessionHealthNode",
    aliases: &["SessionHealth"],
    summary: "Makes one verdict out of what the monitors report: ok, degraded or unhealthy.",
    documentation: "\
Connect monitors to it; it hears their events and nothing else, and without them it has nothing to say. An issue counts \
from the report until `issue_retention_ms` after it is over, and costs:

| cost | issues |
|---|---|
| 0.6 | `freeze` |
| 0.4 | `dropouts`, `dead_channel` |
| 0.3 | `silence`, `dead_air`, `clipping`, `jitter`, `drift`, `lead_jump`, `lead_shift` |
| 0.1 | `low_volume`, `imbalance`, `unstable_cadence` |

`silence`, `dead_air` and `low_volume` are issues only when they have lasted `dead_air_issue_ms`: raise it where one side \
only listens for long. They count once where several monitors notice the same quiet. The score is 1 less all costs: \
at `degraded_threshold` and above the session is `ok`, at `unhealthy_threshold` and above `degraded`, else `unhealthy`.

Emits `session_health` when the state changes; while it is not `ok` also when the issues change, and every \
`emit_interval_ms`. A session begins `ok`, which is not announced. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["session_health"],
    requires: &[],
    build,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "emit_interval_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 600_000,
            default: 1_000,
        },
        documentation: "Time in ms after which a state that is not ok is told again.",
    },
    ParamSpec {
        name: "degraded_threshold",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 1.0,
            default: 0.8,
        },
        documentation: "Score below which the session is degraded.",
    },
    ParamSpec {
        name: "unhealthy_threshold",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 1.0,
            default: 0.5,
        },
        documentation: "Score below which it is unhealthy; not above `degraded_threshold`.",
    },
    DEAD_AIR_ISSUE_MS,
    ParamSpec {
        name: "issue_retention_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 0,
            max: 3_600_000,
            default: 5_000,
        },
        documentation: "Time in ms for which an issue still counts when it is over.",
    },
];

/// What an issue takes off the score.
fn cost(alert: Alert) -> f32 {
    match alert {
        Alert::Freeze => 0.6,
        Alert::Dropouts | Alert::DeadChannel => 0.4,
        Alert::Silence
        | Alert::DeadAir
        | Alert::Clipping
        | Alert::Jitter
        | Alert::Drift
        | Alert::LeadJump
        | Alert::LeadShift => 0.3,
        Alert::LowVolume | Alert::Imbalance | Alert::UnstableCadence => 0.1,
    }
}

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let number = |name: &str| params.number(name) as f32;
    let samples = |name: &str| i64::from(offered.sample_rate) * params.integer(name) / 1_000;
    let (degraded, unhealthy) = (number("degraded_threshold"), number("unhealthy_threshold"));
    if unhealthy > degraded {
        return Err(BuildError {
            param: "unhealthy_threshold",
            message: "unhealthy_threshold is above degraded_threshold.".into(),
            hint: "Lower unhealthy_threshold, or raise degraded_threshold.".into(),
        });
    }
    Ok(Built {
        node: Box::new(SessionHealth {
            degraded,
            unhealthy,
            interval: samples("emit_interval_ms"),
            retention: samples("issue_retention_ms"),
            watch: AlertWatch::new(offered.sample_rate, params),
            counts_until: [i64::MIN; Alert::ALL.len()],
            state: HealthState::Ok,
            issues: AlertSet::default(),
            told: 0,
        }),
        input: offered,
        output: offered,
    })
}

struct SessionHealth {
    degraded: f32,
    unhealthy: f32,
    /// Lengths and positions are in samples per channel.
    interval: i64,
    retention: i64,
    watch: AlertWatch,
    /// To where an issue that is over still counts.
    counts_until: [i64; Alert::ALL.len()],
    state: HealthState,
    issues: AlertSet,
    /// Where the state was last told.
    told: i64,
}

impl Node for SessionHealth {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let end = input.position + input.audio.format().frame_samples() as i64;
        let changes = self.watch.listen(input);
        for alert in changes.cleared.iter() {
            self.counts_until[alert as usize] = end + self.retention;
        }
        let raised = self.watch.raised();
        let counts = |alert| raised.contains(alert) || self.counts_until[alert as usize] > end;
        let issues = AlertSet::of(counts).distinct();
        let score = 1.0 - issues.iter().map(cost).sum::<f32>();
        let state = self.judge(score);
        let is_bad = state != HealthState::Ok;
        let is_change = state != self.state || is_bad && issues != self.issues;
        if is_change || is_bad && end - self.told >= self.interval {
            (self.state, self.issues, self.told) = (state, issues, end);
            let score = score.max(0.0);
            output.emit(
                end,
                EventKind::SessionHealth {
                    state,
                    score,
                    issues,
                },
            );
        }
    }

    fn reset(&mut self) {
        self.watch.reset();
        self.counts_until.fill(i64::MIN);
        self.state = HealthState::Ok;
        self.issues = AlertSet::default();
        self.told = 0;
    }

    fn end_of_input(&mut self, _: i64, _: EndReason, _: &mut Output<'_>) {
        self.watch.end_of_input();
    }
}

impl SessionHealth {
    fn judge(&self, score: f32) -> HealthState {
        // Sums of tenths are not exact.
        const LEAST: f32 = 1e-4;
        if score >= self.degraded - LEAST {
            HealthState::Ok
        } else if score >= self.unhealthy - LEAST {
            HealthState::Degraded
        } else {
            HealthState::Unhealthy
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node_test::Driver;
    use crate::params::ParamValue::{Integer, Number};
    use HealthState::{Degraded, Ok, Unhealthy};

    /// (ms, state, tenths, issues) of every event.
    fn told(node: &mut Driver) -> Vec<(i64, HealthState, i32, Vec<Alert>)> {
        let told = node
            .events()
            .into_iter()
            .map(|(position, kind)| match kind {
                EventKind::SessionHealth {
                    state,
                    score,
                    issues,
                } => (
                    position / 48,
                    state,
                    (score * 10.0).round() as i32,
                    issues.iter().collect(),
                ),
                other => panic!("{other:?}"),
            });
        told.collect()
    }

    fn clipping(is_clipping: bool) -> EventKind {
        EventKind::Clipping {
            is_clipping,
            saturation_ratio_percent: 2.0,
            crest_factor_db: 6.0,
            peak_dbfs: 0.0,
        }
    }

    fn silence(is_sustained_silence: bool) -> EventKind {
        EventKind::Silence {
            is_sustained_silence,
            has_intermittent_dropouts: false,
            silence_duration_ms: 0.0,
            dropout_count: 0,
            level_dbfs: -60.0,
        }
    }

    #[test]
    fn a_session_without_reports_says_nothing() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&[0.0; 480_000]);
        assert_eq!(told(&mut node), []);
    }

    #[test]
    fn an_issue_degrades_the_session_until_it_is_past() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.tell(clipping(true));
        node.run_mono(&[0.1; 480]);
        node.tell(clipping(false));
        node.run_mono(&[0.1; 8 * 48_000]);
        let told = told(&mut node);
        let ends: Vec<i64> = told.iter().map(|it| it.0).collect();
        assert_eq!(ends, [10, 1_010, 2_010, 3_010, 4_010, 5_010, 5_020]);
        assert_eq!(told[0], (10, Degraded, 7, vec![Alert::Clipping]));
        assert_eq!(told[6], (5_020, Ok, 10, vec![]));
    }

    #[test]
    fn a_second_issue_makes_it_unhealthy_at_once() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.tell(clipping(true));
        node.run_mono(&[0.1; 960]);
        node.tell(silence(true));
        node.run_mono(&[0.0; 48_000 * 7 / 2]);
        let told = told(&mut node);
        let both = vec![Alert::Silence, Alert::Clipping];
        assert!(told.contains(&(3_020, Unhealthy, 4, both)), "{told:?}");
    }

    #[test]
    fn a_pause_is_no_issue() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.tell(silence(true));
        node.run_mono(&[0.0; 48_000 * 29 / 10]);
        node.tell(silence(false));
        node.run_mono(&[0.1; 48_000 * 10]);
        assert_eq!(told(&mut node), []);
    }

    #[test]
    fn one_parameter_given_leaves_the_others_at_their_defaults() {
        let given = [("issue_retention_ms", Integer(0))];
        let mut node = Driver::new(&SPEC, &given, Format::VOICE);
        node.tell(clipping(true));
        node.run_mono(&[0.1; 480]);
        node.tell(clipping(false));
        node.run_mono(&[0.1; 48_000]);
        let states: Vec<HealthState> = told(&mut node).iter().map(|it| it.1).collect();
        assert_eq!(states, [Degraded, Ok]);
    }

    #[test]
    fn thresholds_in_the_wrong_order_are_a_complaint() {
        let given = [("degraded_threshold", Number(0.4))];
        let error = crate::node_test::build(&SPEC, &given, Format::VOICE).err();
        assert_eq!(error.map(|it| it.param), Some("unhealthy_threshold"));
    }
}
