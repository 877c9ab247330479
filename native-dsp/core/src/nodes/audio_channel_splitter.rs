//! `AudioChannelSplitterNode`: one channel of several.

use crate::format::{Format, MAX_CHANNELS};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::sample_rate::{self, RATE};
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "AudioChannelSplitterNode",
    aliases: &["AudioChannelSplitter", "ChannelSplitterNode"],
    summary: "Takes one channel out of several.",
    documentation: "\
Gives channel `channel` as mono, bit for bit. To split a stream, connect one of these for each channel to the \
same source: an interview with a microphone on each side becomes two streams, each with a chain of its own. \
It splits by channel only: to tell several speakers on one channel apart is the work of a diarisation model, \
and `output_mode: streams` is refused.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "channel",
        aliases: &["channel_index"],
        kind: ParamKind::Integer {
            min: 0,
            max: MAX_CHANNELS as i64 - 1,
            default: 0,
        },
        documentation: "The channel, counted from 0: left is 0, right is 1.",
    },
    ParamSpec {
        name: "output_mode",
        aliases: &[],
        kind: ParamKind::Choice {
            options: &["channels", "streams"],
            default: "channels",
        },
        documentation: "What the audio is split by. `streams` would be one stream per speaker; it is refused.",
    },
    ParamSpec {
        name: "sample_rate",
        aliases: &[],
        kind: RATE,
        documentation: "Rate in Hz of the audio that goes out; where other audio comes in, the pipeline converts \
                        it first. A multiple of 100; `auto`: as it comes.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let channel = params.integer("channel") as usize;
    let channels = usize::from(offered.channels);
    if channel >= channels {
        return Err(BuildError {
            param: "channel",
            message: format!("there is no channel {channel} in {offered}"),
            hint: format!(
                "channels are counted from 0; the highest here is {}",
                channels - 1
            ),
        });
    }
    if params.choice("output_mode") == "streams" {
        return Err(BuildError {
            param: "output_mode",
            message: "speakers on one channel cannot be told apart without a diarisation model"
                .into(),
            hint:
                "Use `channels`, with one of these nodes for each channel that carries a speaker."
                    .into(),
        });
    }
    let sample_rate = sample_rate::chosen(params, "sample_rate", offered.sample_rate)?;
    Ok(Built {
        node: Box::new(AudioChannelSplitter { channel }),
        input: Format {
            sample_rate,
            ..offered
        },
        output: Format::mono(sample_rate),
    })
}

struct AudioChannelSplitter {
    channel: usize,
}

impl Node for AudioChannelSplitter {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        let samples = input.audio.channel(self.channel);
        for (out, sample) in audio.channel_mut(0).iter_mut().zip(samples) {
            *out = if sample.is_finite() { *sample } else { 0.0 };
        }
    }

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::noise;
    use crate::node_test::{Driver, build};
    use crate::params::ParamValue::{Choice, Integer};

    const STEREO: Format = Format {
        sample_rate: 48_000,
        channels: 2,
    };

    #[test]
    fn the_channel_leaves_as_it_came_and_the_other_does_not() {
        let channels = [noise(1, 0.5, 4_800), noise(2, 0.5, 4_800)];
        for (index, wanted) in channels.iter().enumerate() {
            let given = [("channel", Integer(index as i64))];
            let mut node = Driver::new(&SPEC, &given, STEREO);
            let output = node.run(&[&channels[0], &channels[1]]);
            assert_eq!((output.len(), &output[0]), (1, wanted));
        }
    }

    #[test]
    fn a_channel_that_is_not_there_is_refused() {
        let refused = build(&SPEC, &[("channel", Integer(2))], STEREO).err();
        let refused = refused.expect("stereo has channels 0 and 1");
        assert_eq!(refused.param, "channel");
        assert!(
            refused.hint.ends_with("the highest here is 1"),
            "{}",
            refused.hint
        );
    }

    #[test]
    fn the_rate_may_be_chosen_and_speakers_may_not() {
        let node = Driver::new(&SPEC, &[("sample_rate", Integer(16_000))], STEREO);
        assert_eq!(node.built.output, Format::mono(16_000));
        assert_eq!(
            (node.built.input.channels, node.built.input.sample_rate),
            (2, 16_000)
        );
        let refused = build(&SPEC, &[("output_mode", Choice("streams"))], STEREO).err();
        assert_eq!(refused.map(|error| error.param), Some("output_mode"));
    }
}
