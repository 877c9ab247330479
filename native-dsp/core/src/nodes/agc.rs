//! `AgcNode`: every voice at the same level.

use crate::dsp::finite::finite;
use crate::dsp::level::{amplitude, energy};
use crate::dsp::limiter::Limiter;
use crate::dsp::speech_level::SpeechLevel;
use crate::format::{FRAMES_PER_SECOND, Format};
use crate::node::{Built, Input, Node, Output};
use crate::params::Params;
use crate::spec::{Build, BuildError, NodeSpec, ParamKind, ParamSpec, Role};

/// The node's entry in the catalogue.
pub const SPEC: NodeSpec = NodeSpec {
    node_type: "AgcNode",
    aliases: &["Agc", "AutomaticGainControlNode", "GainControlNode"],
    summary: "Brings speech slowly to a target level, leaves noise where it is, and never clips.",
    documentation: "\
Measures the level of speech alone (pauses, steady noise and clicks do not count) and moves the gain towards \
`target_level_dbfs` by at most `gain_change_db_per_s`. The gain rises only while somebody speaks, and not so \
far that the background noise would exceed `max_noise_dbfs`. A limiter without delay keeps every sample below \
`ceiling_dbfs`. All channels get the same gain. Place it after high-pass and denoise.",
    role: Role::Transform,
    params: PARAMS,
    events: &[],
    requires: &[],
    build: Build::Audio(build),
};

const PARAMS: &[ParamSpec] = &[
    number(
        "target_level_dbfs",
        &["target_level_db", "target_level"],
        (-40.0, -6.0, -20.0),
        "RMS level in dBFS that speech is brought to.",
    ),
    number(
        "max_gain_db",
        &["max_gain"],
        (0.0, 60.0, 30.0),
        "Most that quiet speech is amplified, in dB. Loud speech is attenuated as far as it takes.",
    ),
    number(
        "gain_change_db_per_s",
        &["max_gain_change_db_per_second"],
        (1.0, 60.0, 6.0),
        "How fast the gain may move, in dB per second.",
    ),
    number(
        "max_noise_dbfs",
        &["max_output_noise_level_dbfs"],
        (-90.0, 0.0, -50.0),
        "Level in dBFS beyond which background noise is not amplified.",
    ),
    number(
        "ceiling_dbfs",
        &["limiter_ceiling_dbfs"],
        (-20.0, 0.0, -1.0),
        "Highest peak that leaves, in dBFS.",
    ),
];

const fn number(
    name: &'static str,
    aliases: &'static [&'static str],
    (min, max, default): (f64, f64, f64),
    documentation: &'static str,
) -> ParamSpec {
    ParamSpec {
        name,
        aliases,
        kind: ParamKind::Number { min, max, default },
        documentation,
    }
}

fn build(params: &Params, offered: Format) -> Result<Built, BuildError> {
    let decibels = |name| params.number(name) as f32;
    let (target_dbfs, ceiling_dbfs) = (decibels("target_level_dbfs"), decibels("ceiling_dbfs"));
    if target_dbfs > ceiling_dbfs {
        return Err(BuildError {
            param: "target_level_dbfs",
            message: format!(
                "speech at {target_dbfs} dBFS does not fit below a ceiling of {ceiling_dbfs} dBFS"
            ),
            hint: "lower target_level_dbfs or raise ceiling_dbfs".into(),
        });
    }
    Ok(Built {
        node: Box::new(Agc {
            target_dbfs,
            max_gain_db: decibels("max_gain_db"),
            max_step_db: decibels("gain_change_db_per_s") / FRAMES_PER_SECOND as f32,
            max_noise_dbfs: decibels("max_noise_dbfs"),
            level: SpeechLevel::new(),
            gain_db: 0.0,
            limiter: Limiter::new(amplitude(ceiling_dbfs)),
        }),
        input: offered,
        output: offered,
    })
}

struct Agc {
    target_dbfs: f32,
    max_gain_db: f32,
    max_step_db: f32,
    max_noise_dbfs: f32,
    level: SpeechLevel,
    gain_db: f32,
    limiter: Limiter,
}

impl Node for Agc {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        let Some(audio) = output.audio.as_deref_mut() else {
            return;
        };
        let planes = input.audio.planes();
        let speaking = self.level.update(energy(planes) / planes.len() as f64);
        let from = amplitude(self.gain_db);
        self.gain_db += self.step_db(speaking);
        let slope = (amplitude(self.gain_db) - from) / input.audio.format().frame_samples() as f32;
        for channel in 0..input.audio.channels() {
            let samples = input.audio.channel(channel).iter().enumerate();
            for (out, (index, sample)) in audio.channel_mut(channel).iter_mut().zip(samples) {
                *out = finite(*sample) * (from + slope * (index + 1) as f32);
            }
        }
        self.limiter.process(audio);
    }

    fn reset(&mut self) {
        self.level = SpeechLevel::new();
        self.gain_db = 0.0;
        self.limiter.reset();
    }
}

impl Agc {
    /// By how much the gain changes in this frame.
    fn step_db(&self, speaking: bool) -> f32 {
        let Some(speech_dbfs) = self.level.speech_dbfs() else {
            return 0.0;
        };
        let wanted = (self.target_dbfs - speech_dbfs).min(self.max_gain_db);
        // Noise limits amplification; it is no reason to attenuate.
        let bearable = (self.max_noise_dbfs - self.level.noise_dbfs()).max(0.0);
        let step = wanted.min(bearable) - self.gain_db;
        let highest = if speaking { self.max_step_db } else { 0.0 };
        step.clamp(-self.max_step_db, highest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::{decibels, noise, rms, speech_48k};
    use crate::node_test::{Driver, build};
    use crate::params::ParamValue::Number;

    /// The third sentence of the speech.
    const LAST: std::ops::Range<usize> = 480_000..585_840;

    fn speech_at(dbfs: f64) -> Vec<f32> {
        let speech = speech_48k();
        let gain = 10f64.powf((dbfs - decibels(rms(&speech[LAST]))) / 20.0) as f32;
        speech.iter().map(|sample| sample * gain).collect()
    }

    #[test]
    fn quiet_and_loud_speech_reach_the_target_within_seconds() {
        for level in [-35.0, -28.0, -12.0, -5.0] {
            let output = Driver::new(&SPEC, &[], Format::VOICE).run_mono(&speech_at(level));
            let reached = decibels(rms(&output[LAST]));
            assert!(
                (reached + 20.0).abs() < 3.0,
                "from {level} to {reached} dBFS"
            );
        }
    }

    #[test]
    fn nothing_leaves_above_the_ceiling_even_at_the_first_word() {
        let ceiling = 10f32.powf(-1.0 / 20.0);
        for level in [-20.0, -5.0, 10.0] {
            let output = Driver::new(&SPEC, &[], Format::VOICE).run_mono(&speech_at(level));
            assert!(output.iter().all(|sample| sample.abs() <= ceiling));
        }
    }

    #[test]
    fn noise_alone_is_not_pumped_up() {
        for amplitude in [0.000_5, 0.005, 0.05] {
            let hiss = noise(9, amplitude, 480_000);
            let output = Driver::new(&SPEC, &[], Format::VOICE).run_mono(&hiss);
            let gain = decibels(rms(&output[240_000..]) / rms(&hiss[240_000..]));
            assert!(gain < 0.5, "{amplitude}: {gain} dB");
        }
        let silence = Driver::new(&SPEC, &[], Format::VOICE).run_mono(&[0.0; 48_000]);
        assert!(silence.iter().all(|sample| *sample == 0.0));
    }

    #[test]
    fn the_gain_rests_in_pauses_and_noise_stays_below_its_limit() {
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        node.run_mono(&speech_at(-35.0));
        let hiss = noise(9, 0.002, 480_000); // -59 dBFS
        let output = node.run_mono(&hiss);
        let (early, late) = (rms(&output[..24_000]), rms(&output[432_000..]));
        assert!(decibels(late / early) < 0.5, "rises in a pause");
        assert!(decibels(late) < -49.0, "{} dBFS of noise", decibels(late));
    }

    #[test]
    fn the_gain_moves_no_faster_than_it_may() {
        let given = [("gain_change_db_per_s", Number(3.0))];
        let input = speech_at(-45.0);
        let output = Driver::new(&SPEC, &given, Format::VOICE).run_mono(&input);
        let gain = |range: std::ops::Range<usize>| {
            decibels(rms(&output[range.clone()]) / rms(&input[range]))
        };
        assert!(gain(0..48_000).abs() < 0.01, "before speech");
        assert!(gain(182_400..187_200) < 3.0 * 2.9, "after 2.9 s");
    }

    #[test]
    fn reset_is_as_new_and_garbage_is_silence() {
        let input = speech_at(-30.0);
        let mut node = Driver::new(&SPEC, &[], Format::VOICE);
        let first = node.run_mono(&input);
        node.run_mono(&[f32::NAN; 480]);
        let garbage = node.run_mono(&[f32::INFINITY; 480]);
        assert_eq!(garbage, [0.0; 480]);
        node.built.node.reset();
        assert_eq!(node.run_mono(&input), first);
    }

    #[test]
    fn a_target_above_the_ceiling_is_refused() {
        let given = [
            ("target_level_dbfs", Number(-6.0)),
            ("ceiling_dbfs", Number(-12.0)),
        ];
        let built = build(&SPEC, &given, Format::VOICE);
        assert!(built.is_err_and(|error| error.param == "target_level_dbfs"));
    }
}
