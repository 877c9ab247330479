//! `EventCorrelatorNode`: alerts that come together are one incident.

use crate::alert::{Alert, AlertSet};
use crate::alert_watch::{AlertWatch, DEAD_AIR_ISSUE_MS};
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "EventCorrelatorNode",
    aliases: &["EventCorrelator"],
    summary: "Reports alerts that come together as one incident.",
    documentation: "\
Connect monitors to it; it hears their events and nothing else. When `min_events_for_incident` different alerts are \
raised within `correlation_window_ms` of each other it emits `incident`, whose time is the first of them. Where another \
alert joins, the incident is told again with the same `index`. It is over when no alert was raised for \
`correlation_window_ms`.

Silence, low volume and missing speech are alerts when they have lasted `dead_air_issue_ms`, and the same one where several monitors \
notice them. The events of the monitors reach the client anyway. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["incident"],
    requires: &[],
    build,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "correlation_window_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 10,
            max: 3_600_000,
            default: 5_000,
        },
        documentation: "Time in ms within which alerts belong together.",
    },
    ParamSpec {
        name: "min_events_for_incident",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 1,
            max: Alert::ALL.len() as i64,
            default: 2,
        },
        documentation: "Different alerts that make an incident.",
    },
    ParamSpec {
        name: "emit_raw_events",
        aliases: &[],
        kind: ParamKind::Flag { default: true },
        documentation: "Accepted for the sake of older manifests, and without effect: every node's events reach the client.",
    },
    DEAD_AIR_ISSUE_MS,
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let window_ms = params.integer("correlation_window_ms");
    Ok(Built {
        node: Box::new(EventCorrelator {
            sample_rate: offered.sample_rate,
            window: i64::from(offered.sample_rate) * window_ms / 1_000,
            enough: params.integer("min_events_for_incident") as usize,
            watch: AlertWatch::new(offered.sample_rate, params),
            raised_at: [None; Alert::ALL.len()],
            open: None,
            count: 0,
        }),
        input: offered,
        output: offered,
    })
}

struct EventCorrelator {
    sample_rate: u32,
    /// In samples per channel.
    window: i64,
    enough: usize,
    watch: AlertWatch,
    /// Where each alert was raised last, while that is recent.
    raised_at: [Option<i64>; Alert::ALL.len()],
    open: Option<Incident>,
    count: u32,
}

#[derive(Clone, Copy)]
struct Incident {
    index: u32,
    alerts: AlertSet,
    first: i64,
}

impl Node for EventCorrelator {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let end = input.position + input.audio.format().frame_samples() as i64;
        let fresh = self.watch.listen(input).raised;
        for alert in fresh.iter() {
            let at = self.watch.raised_at(alert).unwrap_or(end);
            self.raised_at[alert as usize] = Some(at.min(end));
        }
        for raised in &mut self.raised_at {
            *raised = raised.filter(|at| end - at < self.window);
        }
        if !fresh.is_empty() {
            self.correlate(fresh, output);
        }
        if self.raised_at.iter().all(Option::is_none) {
            self.open = None;
        }
    }

    fn reset(&mut self) {
        self.watch.reset();
        self.raised_at = [None; Alert::ALL.len()];
        self.open = None;
        self.count = 0;
    }

    fn end_of_input(&mut self, _: i64, _: EndReason, _: &mut Output<'_>) {
        self.watch.end_of_input();
    }
}

impl EventCorrelator {
    fn correlate(&mut self, fresh: AlertSet, output: &mut Output<'_>) {
        let recent = AlertSet::of(|alert| self.raised_at[alert as usize].is_some()).distinct();
        let places = recent
            .iter()
            .filter_map(|alert| self.raised_at[alert as usize]);
        let (Some(first), Some(last)) = (places.clone().min(), places.max()) else {
            return;
        };
        let incident = match self.open {
            Some(open) if fresh.without(open.alerts).is_empty() => return,
            Some(open) => Incident {
                alerts: AlertSet::of(|alert| open.alerts.contains(alert) || recent.contains(alert)),
                ..open
            },
            None if recent.len() < self.enough => return,
            None => {
                self.count += 1;
                Incident {
                    index: self.count - 1,
                    alerts: recent,
                    first,
                }
            }
        };
        self.open = Some(incident);
        let samples = (last - incident.first) as f64;
        output.emit(
            incident.first,
            EventKind::Incident {
                index: incident.index,
                alerts: incident.alerts,
                duration_ms: (samples * 1_000.0 / f64::from(self.sample_rate)) as f32,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node_test::Driver;
    use crate::params::ParamValue::Integer;
    use Alert::{Clipping, DeadChannel, Dropouts};

    /// (ms, index, alerts, ms) of every event.
    fn incidents(node: &mut Driver) -> Vec<(i64, u32, Vec<Alert>, i64)> {
        let told = node
            .events()
            .into_iter()
            .map(|(position, kind)| match kind {
                EventKind::Incident {
                    index,
                    alerts,
                    duration_ms,
                } => (
                    position / 48,
                    index,
                    alerts.iter().collect(),
                    duration_ms.round() as i64,
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

    fn dropouts(has_intermittent_dropouts: bool) -> EventKind {
        EventKind::Silence {
            is_sustained_silence: false,
            has_intermittent_dropouts,
            silence_duration_ms: 0.0,
            dropout_count: 3,
            level_dbfs: -20.0,
        }
    }

    fn dead_channel() -> EventKind {
        EventKind::ChannelBalance {
            is_imbalanced: true,
            dead_channels: 1,
            imbalance_db: 60.0,
            loudest_channel: 0,
            loudest_dbfs: -20.0,
            quietest_channel: 1,
            quietest_dbfs: -80.0,
        }
    }

    fn run_ms(node: &mut Driver, ms: usize) {
        node.run_mono(&vec![0.1; ms * 48]);
    }

    #[test]
    fn two_alerts_within_five_seconds_are_an_incident_and_a_third_joins_it() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        run_ms(&mut node, 1_000);
        node.tell(clipping(true));
        run_ms(&mut node, 2_000);
        assert_eq!(incidents(&mut node), []);
        node.tell(dropouts(true));
        run_ms(&mut node, 1_000);
        node.tell(dead_channel());
        run_ms(&mut node, 500);
        let expected = [
            (1_000, 0, vec![Dropouts, Clipping], 2_000),
            (1_000, 0, vec![Dropouts, Clipping, DeadChannel], 3_000),
        ];
        assert_eq!(incidents(&mut node), expected);
    }

    #[test]
    fn alerts_far_apart_and_one_alert_again_and_again_are_none() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        for _ in 0..5 {
            node.tell(clipping(true));
            run_ms(&mut node, 500);
            node.tell(clipping(false));
            run_ms(&mut node, 500);
        }
        run_ms(&mut node, 5_000);
        node.tell(dropouts(true));
        run_ms(&mut node, 1_000);
        assert_eq!(incidents(&mut node), []);
    }

    #[test]
    fn the_next_incident_has_the_next_index() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        for _ in 0..2 {
            node.tell(clipping(true));
            node.tell(dropouts(true));
            run_ms(&mut node, 500);
            node.tell(clipping(false));
            node.tell(dropouts(false));
            run_ms(&mut node, 5_500);
        }
        let indices: Vec<(i64, u32)> = incidents(&mut node).iter().map(|it| (it.0, it.1)).collect();
        assert_eq!(indices, [(0, 0), (6_000, 1)]);
    }

    #[test]
    fn one_parameter_given_leaves_the_others_at_their_defaults() {
        let given = [("min_events_for_incident", Integer(1))];
        let mut node = Driver::new(&SPEC, &given, Format::VOICE);
        node.tell(clipping(true));
        run_ms(&mut node, 10);
        assert_eq!(incidents(&mut node), [(0, 0, vec![Clipping], 0)]);
    }
}
