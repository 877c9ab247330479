//! The node that keeps the place.

use super::answers::Answers;
use crate::block::Block;
use crate::dsp::delay_line::DelayLine;
use crate::format::{FRAMES_PER_SECOND, Format};
use crate::manifest::{ExecutionPolicy, ExternalNode, FormatWish, WhenLate};
use crate::node::{Built, Input, Node, Output};
use crate::spec::{BuildError, NodeSpec};

/// Frames, beyond the delay, that an answer may be ahead of what is played.
const FRAMES_AHEAD: usize = FRAMES_PER_SECOND as usize;

/// Keeps a place in the graph for a node outside.
pub struct HostNode {
    hears: bool,
    speaks: bool,
    /// What the host was handed last.
    frame: Block,
    /// First sample of that frame on the node's timeline; `None` before the first.
    position: Option<i64>,
    output: Format,
    delay: usize,
    /// The audio as it came, for answers that are late; `None` where it would have the wrong format, or is not wanted.
    detour: Option<DelayLine>,
    original: Block,
    answers: Answers,
    /// First position of `output` that is still to be played.
    due: i64,
    /// Whether the host has ever given audio without a position: it then plays, and nothing is late.
    is_queueing: bool,
    late: u64,
}

impl HostNode {
    /// A place for `external`, offered audio of this format.
    ///
    /// # Errors
    /// Where the format that it wishes for is none.
    pub(crate) fn build(
        external: &ExternalNode,
        spec: &'static NodeSpec,
        policy: &ExecutionPolicy,
        offered: Format,
    ) -> Result<Built, BuildError> {
        let input = wished(offered, external.input)?;
        let output = wished(input, external.output)?;
        let speaks = spec.role == crate::spec::Role::Transform;
        let hears = !std::ptr::eq(spec, &super::SOURCE);
        let delay = match hears && speaks {
            true => policy.patience_ms as usize / 10 * output.frame_samples(),
            false => 0,
        };
        let passes = hears && policy.when_late == WhenLate::Pass && input == output;
        let window = delay + FRAMES_AHEAD * output.frame_samples();
        let node = Self {
            hears,
            speaks,
            frame: Block::silent(input),
            position: None,
            output,
            delay,
            detour: passes.then(|| DelayLine::new(delay, input)),
            original: Block::silent(output),
            answers: match speaks {
                true => Answers::new(output, window),
                false => Answers::none(output),
            },
            due: -(delay as i64),
            is_queueing: false,
            late: 0,
        };
        Ok(Built {
            node: Box::new(node),
            input,
            output,
        })
    }

    /// What the last tick handed out, and its first sample's position on the node's timeline; `None` where it does not hear.
    pub fn frame(&self) -> Option<(i64, &Block)> {
        self.position
            .filter(|_| self.hears)
            .map(|at| (at, &self.frame))
    }

    /// What it is given, where it hears.
    pub fn input_format(&self) -> Option<Format> {
        self.hears.then(|| self.frame.format())
    }

    /// What it is to answer with, where it speaks.
    pub fn output_format(&self) -> Option<Format> {
        self.speaks.then_some(self.output)
    }

    /// Takes planar audio in the output format: for the frame that began at `position` (counted at the rate of the output),
    /// or to be played after what waits already.
    ///
    /// Returns how many samples per channel were taken: what is too late, too far ahead or more than can wait is not.
    pub fn give(&mut self, position: Option<i64>, samples: &[f32]) -> usize {
        if !self.speaks {
            return 0;
        }
        match position {
            Some(position) => self.answers.place(position, samples, self.due),
            None => {
                self.is_queueing = true;
                self.answers.append(samples)
            }
        }
    }

    /// Samples per channel that wait to be played.
    pub fn queued(&self) -> usize {
        self.answers.queued()
    }

    /// Frames for which no answer had come.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Samples per channel that may still be appended.
    pub fn room(&self) -> usize {
        self.answers.room()
    }

    /// Forgets what waits to be played in its turn: somebody spoke up. Returns how many samples per channel that was.
    pub fn flush(&mut self) -> usize {
        self.answers.forget_queued()
    }

    /// Another tick begins, in which it may not be called.
    pub(crate) fn begin_tick(&mut self) {
        self.position = None;
    }

    fn play(&mut self, output: &mut Block) {
        let length = self.output.frame_samples();
        let is_timed = self.hears && !self.is_queueing;
        let mut missing = false;
        for at in 0..length {
            let position = self.due + at as i64;
            let slot = self.answers.slot(position);
            missing |= slot.is_none() && position >= 0;
            for channel in 0..usize::from(self.output.channels) {
                let sample = match slot {
                    Some(slot) => self.answers.sample(channel, slot),
                    None if is_timed => self.original.channel(channel)[at],
                    None => self.answers.next_queued().unwrap_or(0.0),
                };
                output.channel_mut(channel)[at] = sample;
            }
        }
        self.late += u64::from(missing && is_timed);
        self.due += length as i64;
    }
}

fn wished(offered: Format, wish: FormatWish) -> Result<Format, BuildError> {
    let format = Format {
        sample_rate: wish.sample_rate.unwrap_or(offered.sample_rate),
        channels: wish.channels.unwrap_or(offered.channels),
    };
    if format.is_supported() {
        return Ok(format);
    }
    Err(BuildError {
        param: "sample_rate",
        message: format!("The node outside wishes for {format}, which is not supported."),
        hint: "Rates are multiples of 100 Hz from 8000 to 192000, channels 1 to 8.".into(),
    })
}

impl Node for HostNode {
    fn process(&mut self, input: &Input<'_>, output: &mut Output<'_>) {
        self.frame.copy_from(input.audio);
        self.position = Some(input.position);
        if let Some(detour) = &mut self.detour {
            detour.process(input.audio, &mut self.original);
        }
        if let Some(audio) = output.audio.as_deref_mut() {
            // Media time jumps where audio was skipped; the answers to come are for the new positions.
            let rate = i64::from(self.output.sample_rate);
            let position = input.position * rate / i64::from(self.frame.format().sample_rate);
            self.due = position - self.delay as i64;
            self.play(audio);
        }
    }

    fn reset(&mut self) {
        self.position = None;
        self.due = -(self.delay as i64);
        self.is_queueing = false;
        self.answers.flush();
        self.original.fill_silence();
        if let Some(detour) = &mut self.detour {
            detour.reset();
        }
    }

    fn latency_samples(&self) -> u32 {
        self.delay as u32
    }

    fn as_host(&mut self) -> Option<&mut HostNode> {
        Some(self)
    }
}
