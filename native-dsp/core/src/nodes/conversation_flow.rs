//! `ConversationFlowNode`: who speaks how much, and how the turns go.

mod turns;

use crate::dsp::voice_mask::VoiceMask;
use crate::event::{EndReason, EventKind};
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::nodes::speech_presence::SILENCE_THRESHOLD_DB;
use crate::params::Params;
use crate::per_channel::{ChannelSet, ChannelValues};
use crate::spec::{BuildError, NodeSpec, ParamKind, ParamSpec, Role};
use turns::Flow;

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "ConversationFlowNode",
    aliases: &["ConversationFlow"],
    summary: "Tells who speaks how much, how long the turns are, and who interrupts.",
    documentation: "\
Every `emit_interval_ms` it emits `conversation_flow` about the last `window_ms`, as far as there is media; nothing \
where nobody spoke in it. Each channel is a speaker; what is a voice is decided as in `SpeechPresenceNode`, 400 ms back.

- `talk_ratios`: the share of the window in which each channel speaks.
- `turns`: a turn is one channel's speech, its pauses of up to 1 s included, until it ends or another takes over. What \
is said while another goes on speaking (\"yes\", \"mhm\") is no turn. `mean_turn_ms` is their mean length within the window.
- `interruptions`: turns that began while another spoke, who then stopped first.
- `longest_silence_ms`: the longest stretch in which nobody speaks.

Skipped media and the end of input start a new window. The audio passes on untouched.",
    role: Role::Analyser,
    params: PARAMS,
    events: &["conversation_flow"],
    requires: &[],
    build,
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "window_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 1_000,
            max: 600_000,
            default: 30_000,
        },
        documentation: "Time in ms that is looked at, rounded down to tens.",
    },
    ParamSpec {
        name: "emit_interval_ms",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 100,
            max: 600_000,
            default: 5_000,
        },
        documentation: "Time between events in ms, rounded down to tens.",
    },
    SILENCE_THRESHOLD_DB,
];

const FRAME_MS: i64 = 10;

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let window = params.integer("window_ms") / FRAME_MS;
    Ok(Built {
        node: Box::new(ConversationFlow {
            format: offered,
            interval: params.integer("emit_interval_ms") / FRAME_MS,
            mask: VoiceMask::new(params.number(SILENCE_THRESHOLD_DB.name) as f32),
            ring: vec![ChannelSet(0); window as usize],
            frames: 0,
            next: None,
            expected: None,
        }),
        input: offered,
        output: offered,
    })
}

struct ConversationFlow {
    format: Format,
    /// Frames between events.
    interval: i64,
    mask: VoiceMask,
    /// Who spoke in each frame of the window.
    ring: Vec<ChannelSet>,
    /// Frames so far.
    frames: i64,
    /// Position of the frame that the mask answers next; `None` before the first.
    next: Option<i64>,
    /// Where the next frame should begin on the timeline.
    expected: Option<i64>,
}

impl Node for ConversationFlow {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let end = input.position + self.format.frame_samples() as i64;
        let expected = self.expected.replace(end);
        if expected.is_some_and(|expected| expected != input.position) {
            self.start_over();
        }
        self.next.get_or_insert(input.position);
        if let Some(active) = self.mask.update(input.audio) {
            self.advance(active, output);
        }
    }

    fn reset(&mut self) {
        self.start_over();
        self.expected = None;
    }

    fn end_of_input(&mut self, _: i64, _: EndReason, _: &mut Output<'_>) {
        self.reset();
    }
}

impl ConversationFlow {
    fn start_over(&mut self) {
        self.mask.reset();
        self.frames = 0;
        self.next = None;
    }

    fn advance(&mut self, active: ChannelSet, output: &mut Output<'_>) {
        let Some(next) = &mut self.next else { return };
        *next += self.format.frame_samples() as i64;
        let end = *next;
        let slot = (self.frames % self.ring.len() as i64) as usize;
        self.ring[slot] = active;
        self.frames += 1;
        if self.frames % self.interval == 0 {
            self.tell(end, output);
        }
    }

    fn tell(&self, end: i64, output: &mut Output<'_>) {
        let length = (self.frames as usize).min(self.ring.len());
        let oldest = (self.frames as usize - length) % self.ring.len();
        let (late, early) = self.ring.split_at(oldest);
        let flow = Flow::of(early.iter().chain(late).take(length).copied());
        if flow.talk == [0; 8] {
            return;
        }
        let ms = |frames: u32| (i64::from(frames) * FRAME_MS) as f32;
        let channels = usize::from(self.format.channels);
        output.emit(
            end,
            EventKind::ConversationFlow {
                window_ms: ms(length as u32),
                talk_ratios: ChannelValues::of(channels, |channel| {
                    flow.talk[channel] as f32 / length as f32
                }),
                turns: flow.turns,
                mean_turn_ms: ms(flow.turn_frames) / flow.turns.max(1) as f32,
                interruptions: flow.interruptions,
                longest_silence_ms: ms(flow.longest_silence),
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{babble, noise, speech_48k};
    use crate::node_test::Driver;
    use crate::params::ParamValue::Integer;

    const STEREO: Format = Format {
        sample_rate: 48_000,
        channels: 2,
    };

    struct Told {
        ms: i64,
        window_ms: f32,
        ratios: Vec<f32>,
        turns: u32,
        mean_turn_ms: f32,
        interruptions: u32,
        longest_silence_ms: f32,
    }

    fn told(node: &mut Driver) -> Vec<Told> {
        let told = node
            .events()
            .into_iter()
            .map(|(position, kind)| match kind {
                EventKind::ConversationFlow {
                    window_ms,
                    talk_ratios,
                    turns,
                    mean_turn_ms,
                    interruptions,
                    longest_silence_ms,
                } => Told {
                    ms: position / 48,
                    window_ms,
                    ratios: talk_ratios.as_slice().to_vec(),
                    turns,
                    mean_turn_ms,
                    interruptions,
                    longest_silence_ms,
                },
                other => panic!("{other:?}"),
            });
        told.collect()
    }

    #[test]
    fn three_sentences_of_one_speaker_are_three_turns_or_fewer_and_no_interruption() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&speech_48k());
        let told = told(&mut node);
        let at: Vec<i64> = told.iter().map(|it| it.ms).collect();
        assert_eq!(at, [5_000, 10_000]);
        assert_eq!((told[0].window_ms, told[1].window_ms), (5_000.0, 10_000.0));
        assert!(told.iter().all(|it| it.interruptions == 0));
        assert!((1..=3).contains(&told[1].turns), "{}", told[1].turns);
        // 6.46 of 10 s are sentences.
        assert!(
            (0.5..0.68).contains(&told[1].ratios[0]),
            "{:?}",
            told[1].ratios
        );
        assert!((1_000.0..1_700.0).contains(&told[1].longest_silence_ms));
    }

    #[test]
    fn two_speakers_in_turn_are_told_apart() {
        let mut node = Driver::new(&SPEC, &[], STEREO);
        let (speech, silence) = (babble(48_000, 1, 0.2, 48_000), [0.0; 48_000]);
        node.run(&[&silence, &silence]);
        for _ in 0..2 {
            node.run(&[&speech, &silence]);
            node.run(&[&silence, &speech]);
        }
        node.run(&[&silence, &silence]);
        let [told] = &told(&mut node)[..] else {
            panic!("one event in 6 s")
        };
        // The last gap of each second is a pause.
        assert_eq!(told.ratios, [0.38, 0.38]);
        assert_eq!((told.turns, told.mean_turn_ms), (4, 950.0));
        assert_eq!((told.interruptions, told.longest_silence_ms), (0, 1_000.0));
    }

    #[test]
    fn nobody_speaks_and_nothing_is_told() {
        let mut node = Driver::new(&SPEC, &[], STEREO);
        node.run(&[&[0.0; 960_000], &[0.0; 960_000]]);
        assert!(told(&mut node).is_empty());
    }

    #[test]
    fn one_parameter_given_leaves_the_others_at_their_defaults() {
        let given = [("window_ms", Integer(2_000))];
        let mut node = Driver::new(&SPEC, &given, Format::VOICE);
        node.run_mono(&noise(2, 0.001, 48_000 * 3));
        node.run_mono(&babble(48_000, 2, 0.1, 48_000));
        node.run_mono(&[0.0; 96_000]);
        let told = told(&mut node);
        assert_eq!((told.len(), told[0].ms), (1, 5_000));
        assert_eq!((told[0].window_ms, told[0].ratios[0]), (2_000.0, 0.475));
    }

    #[test]
    fn skipped_media_starts_a_new_window() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&babble(48_000, 3, 0.2, 48_000 * 4));
        node.jump(48_000 * 100);
        node.run_mono(&[0.0; 48_000 * 6]);
        assert!(told(&mut node).is_empty());
    }
}
