//! Conversion between formats where two neighbours disagree.

use crate::block::Block;
use crate::dsp::polyphase::{Polyphase, Quality};
use crate::format::Format;
use crate::time::MediaTime;

/// Changes the channel count, the sample rate, or both.
pub(super) struct Converter {
    /// One for every channel; empty where the rates agree.
    resamplers: Vec<Polyphase>,
    /// Between the two conversions: rate of one side, channels of the smaller side.
    between: Block,
    latency: MediaTime,
}

impl Converter {
    /// A converter with a silent past.
    pub fn new(from: Format, to: Format) -> Self {
        // The smaller number of channels is resampled, whichever side it is on.
        let channels = from.channels.min(to.channels);
        let mixes_first = from.channels > to.channels;
        let between = Format {
            sample_rate: if mixes_first {
                from.sample_rate
            } else {
                to.sample_rate
            },
            channels,
        };
        let new = |_| Polyphase::new(from.sample_rate, to.sample_rate, Quality::Medium);
        let resamplers: Vec<Polyphase> = if from.sample_rate == to.sample_rate {
            Vec::new()
        } else {
            (0..channels).map(new).collect()
        };
        let latency = resamplers.first().map_or(0, Polyphase::latency_samples);
        Self {
            resamplers,
            between: Block::silent(between),
            latency: MediaTime::from_samples(i64::from(latency), to.sample_rate),
        }
    }

    /// Delay of the conversion.
    pub fn latency(&self) -> MediaTime {
        self.latency
    }

    /// Converts one frame.
    pub fn process(&mut self, from: &Block, to: &mut Block) {
        if self.resamplers.is_empty() {
            map_channels(from, to);
        } else if from.channels() > to.channels() {
            map_channels(from, &mut self.between);
            resample(&mut self.resamplers, &self.between, to);
        } else if from.channels() < to.channels() {
            resample(&mut self.resamplers, from, &mut self.between);
            map_channels(&self.between, to);
        } else {
            resample(&mut self.resamplers, from, to);
        }
    }

    /// Makes the past silent.
    pub fn reset(&mut self) {
        self.resamplers.iter_mut().for_each(Polyphase::reset);
    }
}

fn resample(resamplers: &mut [Polyphase], from: &Block, to: &mut Block) {
    Polyphase::process_planes(resamplers, from.planes(), to.planes_mut());
}

/// Fewer channels: each is the average of every so-many-th (mono: of all). More: they are copied in turn.
fn map_channels(from: &Block, to: &mut Block) {
    let (have, want) = (from.channels(), to.channels());
    for channel in 0..want {
        let sources = (channel % have..have).step_by(want);
        let share = 1.0 / sources.clone().count() as f32;
        let out = to.channel_mut(channel);
        out.fill(0.0);
        for source in sources {
            for (sum, sample) in out.iter_mut().zip(from.channel(source)) {
                *sum += sample * share;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant(channels: u8, values: &[f32]) -> Block {
        let mut block = Block::silent(Format {
            sample_rate: 8_000,
            channels,
        });
        for (channel, value) in values.iter().enumerate() {
            block.channel_mut(channel).fill(*value);
        }
        block
    }

    fn mapped(values: &[f32], want: u8) -> Vec<f32> {
        let from = constant(values.len() as u8, values);
        let mut to = constant(want, &[]);
        Converter::new(from.format(), to.format()).process(&from, &mut to);
        (0..to.channels())
            .map(|channel| to.channel(channel)[7])
            .collect()
    }

    #[test]
    fn channels_are_averaged_down_and_copied_up() {
        assert_eq!(mapped(&[0.5, -0.25], 1), [0.125]);
        assert_eq!(mapped(&[0.5], 2), [0.5, 0.5]);
        assert_eq!(mapped(&[1.0, 2.0, 3.0, 4.0], 2), [2.0, 3.0]);
        assert_eq!(mapped(&[1.0, 2.0, 3.0], 2), [2.0, 2.0]);
        assert_eq!(mapped(&[1.0, 2.0], 3), [1.0, 2.0, 1.0]);
    }

    #[test]
    fn rate_and_channels_change_together_and_keep_the_level() {
        let rates = [8_000, 16_000, 44_100, 48_000];
        for (from_rate, to_rate) in rates.iter().flat_map(|a| rates.map(|b| (*a, b))) {
            for (have, want) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
                let from = Format {
                    sample_rate: from_rate,
                    channels: have,
                };
                let to = Format {
                    sample_rate: to_rate,
                    channels: want,
                };
                let mut converter = Converter::new(from, to);
                let (mut input, mut output) = (Block::silent(from), Block::silent(to));
                input.planes_mut().fill(0.5);
                (0..10).for_each(|_| converter.process(&input, &mut output));
                for sample in output.planes() {
                    assert!((sample - 0.5).abs() < 1e-4, "{from} to {to}: {sample}");
                }
            }
        }
    }
}
