//! `TimingDriftNode`: whether packets come in time with the media they carry.

use crate::dsp::packet_timing::{LeadTrend, PacketTiming};
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use crate::time::MediaTime;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "TimingDriftNode",
    aliases: &["TimingDrift"],
    summary: "Tells whether packets come irregularly, ever later or earlier, or suddenly late.",
    documentation: "\
Compares the media time of packets with the time of their arrival, over windows of `emit_interval_ms` of media, and \
emits `timing_drift` whenever a verdict changes. A clean stream is never mentioned; files have no arrival times, and \
nothing is said of them.

- `is_jittery`: the interarrival jitter of RFC 3550 is above `jitter_threshold_ms`.
- `is_drifting`: the lead (media time less arrival time, since the first packet) has changed by more than \
`drift_threshold_ms_per_s` over the last five to ten windows. Only the earliest packet of each window counts, so queues on the way \
are not mistaken for clocks.
- `has_lead_jump`: the lead differs by more than `lead_threshold_ms` from that of the window before; below 0, everything comes later \
from now on. It holds for one window, and is not counted as drift.

Lost, restored and concealed packets are left out. Where one timeline goes on for 2 s without the other, and when the input \
ends, the comparison begins anew. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["timing_drift"],
    requires: &[],
    build,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "jitter_threshold_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 2_000.0,
            default: 50.0,
        },
        documentation: "Jitter in ms above which packets come irregularly.",
    },
    ParamSpec {
        name: "drift_threshold_ms_per_s",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 1_000.0,
            default: 5.0,
        },
        documentation: "Change of the lead in ms per second, either way, above which the clocks drift apart.",
    },
    ParamSpec {
        name: "emit_interval_ms",
        aliases: &["window_ms"],
        kind: ParamKind::Integer {
            min: 100,
            max: 60_000,
            default: 1_000,
        },
        documentation: "Length in ms of the windows that are judged, rounded down to tens.",
    },
    ParamSpec {
        name: "lead_threshold_ms",
        aliases: &[],
        kind: ParamKind::Number {
            min: 0.0,
            max: 2_000.0,
            default: 100.0,
        },
        documentation: "Change of the lead in ms, from one window to the next, above which it is a jump.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let frames = params.integer("emit_interval_ms") / 10;
    Ok(Built {
        node: Box::new(TimingDrift {
            sample_rate: offered.sample_rate,
            frames,
            jitter_ms: params.number("jitter_threshold_ms"),
            drift_ms_per_s: params.number("drift_threshold_ms_per_s"),
            timing: PacketTiming::default(),
            trend: LeadTrend::new(frames as f64 / 100.0, params.number("lead_threshold_ms")),
            filled: 0,
            lead_ms: None,
            verdicts: Verdicts::default(),
            expected: None,
        }),
        input: offered,
        output: offered,
    })
}

struct TimingDrift {
    sample_rate: u32,
    /// Of 10 ms, in a window.
    frames: i64,
    jitter_ms: f64,
    drift_ms_per_s: f64,
    timing: PacketTiming,
    trend: LeadTrend,
    /// Frames in the window so far, and the highest lead among its packets.
    filled: i64,
    lead_ms: Option<f64>,
    verdicts: Verdicts,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

#[derive(Clone, Copy, Default, PartialEq)]
struct Verdicts {
    is_jittery: bool,
    is_drifting: bool,
    has_lead_jump: bool,
}

impl Node for TimingDrift {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let end = input.position + input.audio.format().frame_samples() as i64;
        let expected = self.expected.replace(end);
        if expected.is_some_and(|expected| expected != input.position) {
            // A window never spans skipped media; the packets before and after it are compared all the same.
            (self.filled, self.lead_ms) = (0, None);
        }
        if let Some(arrival) = input.arrival {
            let media = MediaTime::from_samples(input.position, self.sample_rate);
            let lead_ms = self.timing.update(media, arrival).lead_ms;
            self.lead_ms = Some(self.lead_ms.map_or(lead_ms, |highest| highest.max(lead_ms)));
        }
        self.filled += 1;
        if self.filled == self.frames {
            self.filled = 0;
            if let Some(lead_ms) = self.lead_ms.take() {
                self.judge(lead_ms, end, output);
            }
        }
    }

    fn reset(&mut self) {
        self.start_over();
        self.verdicts = Verdicts::default();
    }

    fn end_of_input(&mut self, position: i64, _: EndReason, output: &mut Output<'_>) {
        self.start_over();
        self.tell(Verdicts::default(), 0.0, position, output);
    }
}

impl TimingDrift {
    fn start_over(&mut self) {
        self.timing.reset();
        self.trend.reset();
        (self.filled, self.lead_ms) = (0, None);
        self.expected = None;
    }

    fn judge(&mut self, lead_ms: f64, end: i64, output: &mut Output<'_>) {
        let has_lead_jump = self.trend.update(lead_ms);
        let verdicts = Verdicts {
            is_jittery: self.timing.jitter_ms() > self.jitter_ms,
            is_drifting: self.trend.drift_ms_per_s().abs() > self.drift_ms_per_s,
            has_lead_jump,
        };
        self.tell(verdicts, lead_ms, end, output);
    }

    fn tell(&mut self, verdicts: Verdicts, lead_ms: f64, position: i64, output: &mut Output<'_>) {
        if std::mem::replace(&mut self.verdicts, verdicts) == verdicts {
            return;
        }
        output.emit(
            position,
            EventKind::TimingDrift {
                is_jittery: verdicts.is_jittery,
                is_drifting: verdicts.is_drifting,
                has_lead_jump: verdicts.has_lead_jump,
                jitter_ms: self.timing.jitter_ms() as f32,
                drift_ms_per_s: self.trend.drift_ms_per_s() as f32,
                lead_ms: lead_ms as f32,
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::noise;
    use crate::node_test::Driver;
    use crate::params::ParamValue::Number;

    /// Runs `seconds`, in packets of `packet_ms` that come with the delay, in ms, of their time in s.
    fn run(node: &mut Driver, seconds: i64, packet_ms: i64, delay_ms: impl Fn(f64) -> f64) {
        let frame = vec![0.0; node.built.input.frame_samples()];
        for ms in (0..seconds * 1_000).step_by(10) {
            if ms % packet_ms == 0 {
                let arrival_ms = ms as f64 + 700.0 + delay_ms(ms as f64 / 1_000.0);
                node.arrive(MediaTime((arrival_ms * 705_600.0) as i64));
            }
            node.run_mono(&frame);
        }
    }

    /// (s, jittery, drifting, jump) of every event.
    fn changes(node: &mut Driver) -> Vec<(i64, bool, bool, bool)> {
        let rate = i64::from(node.built.input.sample_rate);
        let changes = node
            .events()
            .into_iter()
            .map(|(position, kind)| match kind {
                EventKind::TimingDrift {
                    is_jittery,
                    is_drifting,
                    has_lead_jump,
                    ..
                } => (position / rate, is_jittery, is_drifting, has_lead_jump),
                other => panic!("{other:?}"),
            });
        changes.collect()
    }

    #[test]
    fn a_clean_stream_a_usual_network_and_a_file_are_not_mentioned() {
        let waits = noise(1, 15.0, 6_000);
        for packet_ms in [10, 20, 60] {
            let mut node = Driver::new(&SPEC, &[], Format::VOICE);
            run(&mut node, 30, packet_ms, |_| 0.0);
            run(&mut node, 30, packet_ms, |s| {
                15.0 + f64::from(waits[(s * 100.0) as usize])
            });
            assert_eq!(changes(&mut node), []);
        }
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&[0.1; 480_000]);
        assert_eq!(changes(&mut node), []);
    }

    #[test]
    fn a_clock_that_runs_away_is_drift_at_every_rate_and_packet_length() {
        for (rate, packet_ms) in [(8_000, 20), (16_000, 60), (48_000, 10)] {
            let mut node = Driver::new(&SPEC, &[], Format::mono(rate));
            run(&mut node, 20, packet_ms, |s| 8.0 * s);
            assert_eq!(changes(&mut node), [(5, false, true, false)], "{rate}");
        }
    }

    #[test]
    fn a_longer_way_is_one_jump_and_no_drift() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        run(&mut node, 30, 20, |s| if s < 10.5 { 20.0 } else { 180.0 });
        let expected = [(12, false, false, true), (13, false, false, false)];
        assert_eq!(changes(&mut node), expected);
    }

    #[test]
    fn packets_that_wait_by_turns_are_jitter_and_no_drift() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        run(&mut node, 20, 20, |s| {
            let is_late = (5.0..10.0).contains(&s) && (s * 50.0).round() as i64 % 2 == 0;
            if is_late { 80.0 } else { 0.0 }
        });
        let expected = [(6, true, false, false), (11, false, false, false)];
        assert_eq!(changes(&mut node), expected);
    }

    #[test]
    fn one_parameter_given_leaves_the_others_at_their_defaults() {
        let given = [("drift_threshold_ms_per_s", Number(10.0))];
        let mut node = Driver::new(&SPEC, &given, Format::VOICE);
        run(&mut node, 20, 20, |s| 8.0 * s);
        assert_eq!(changes(&mut node), []);
    }

    #[test]
    fn skipped_media_is_not_drift_when_the_clock_skipped_as_much() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        run(&mut node, 10, 20, |_| 0.0);
        node.jump(48_000 * 60);
        run(&mut node, 10, 20, |_| 50_000.0);
        assert_eq!(changes(&mut node), []);
    }
}
