//! `HighPassNode`: without rumble, hum and offset.

use crate::dsp::biquad::Biquad;
use crate::format::Format;
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "HighPassNode",
    aliases: &["HighPass"],
    summary: "Removes rumble, hum and offset below the voice.",
    documentation: "\
A Butterworth high-pass: maximally flat above the cutoff, -3 dB at it, and 6 dB per octave and order below. \
Put it first in a chain, so that what nobody hears does not mislead noise suppression and gain control. It \
adds no delay to speech. Works at every rate and on every channel alike.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    ParamSpec {
        name: "cutoff_hz",
        aliases: &["cutoff", "cutoff_frequency", "frequency"],
        kind: ParamKind::Number {
            min: 20.0,
            max: 500.0,
            default: 80.0,
        },
        documentation: "Frequency in Hz that is attenuated by 3 dB. The deepest voices begin at about 80 Hz.",
    },
    ParamSpec {
        name: "order",
        aliases: &[],
        kind: ParamKind::Integer {
            min: 1,
            max: 4,
            default: 2,
        },
        documentation: "Steepness: each order adds 6 dB per octave below the cutoff.",
    },
];

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let sections = Biquad::butterworth_high_pass(
        offered.sample_rate,
        params.number("cutoff_hz"),
        params.integer("order") as u32,
    );
    Ok(Built {
        node: Box::new(HighPass {
            channels: vec![sections; usize::from(offered.channels)],
        }),
        input: offered,
        output: offered,
    })
}

struct HighPass {
    /// The sections of each channel.
    channels: Vec<Vec<Biquad>>,
}

impl Node for HighPass {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        audio.copy_from(input.audio);
        for (index, sections) in self.channels.iter_mut().enumerate() {
            let samples = audio.channel_mut(index);
            for section in sections {
                section.process(samples);
            }
        }
    }

    fn reset(&mut self) {
        self.channels.iter_mut().flatten().for_each(Biquad::reset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{decibels, rms, sine};
    use crate::node_test::Driver;
    use crate::params::ParamValue;

    #[test]
    fn hum_goes_and_speech_stays() {
        let mut node = Driver::new(&SPEC, &[("order", ParamValue::Integer(4))], Format::VOICE);
        let hum = node.run_mono(&sine(48_000, 25.0, 0.5, 48_000));
        assert!(decibels(rms(&hum[24_000..]) / 0.3536) < -40.0);
        let speech = node.run_mono(&sine(48_000, 300.0, 0.5, 48_000));
        assert!(decibels(rms(&speech[24_000..]) / 0.3536).abs() < 0.01);
    }

    #[test]
    fn an_offset_is_gone_within_50_ms() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        let output = node.run_mono(&[0.5; 4_800]);
        assert!(output[2_400..].iter().all(|sample| sample.abs() < 1e-3));
    }

    #[test]
    fn channels_do_not_touch_each_other() {
        let stereo = Format {
            sample_rate: 16_000,
            channels: 2,
        };
        let tone = sine(16_000, 440.0, 0.5, 1_600);
        let both = Driver::new(&SPEC, &[], stereo).run(&[&tone, &[0.0; 1_600]]);
        let alone = Driver::new(&SPEC, &[], Format::mono(16_000)).run_mono(&tone);
        assert_eq!(both, [alone, vec![0.0; 1_600]]);
    }

    #[test]
    fn reset_is_as_new() {
        let tone = sine(48_000, 440.0, 0.5, 960);
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        let first = node.run_mono(&tone);
        node.built.node.reset();
        assert_eq!(node.run_mono(&tone), first);
    }
}
