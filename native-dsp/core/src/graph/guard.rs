//! One node and the wall around it: a panic or a non-finite sample stays inside.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::delay::DelayLine;
use super::mailbox::Mailbox;
use crate::block::Block;
use crate::event::{EndReason, EventKind, EventQueue};
use crate::format::Format;
use crate::manifest::OnError;
use crate::node::{Input, Node, Output, Stamp, Upstream};
use crate::time::MediaTime;

/// A node in its place in the graph.
pub(super) struct Guard {
    pub node: Box<dyn Node>,
    /// Index in the manifest.
    pub index: u8,
    /// What it is fed.
    pub input: Format,
    /// Delay of the audio where it enters the node.
    pub delay: MediaTime,
    /// The nodes whose events it hears, as bits.
    pub sources: u64,
    /// What happens when it panics; `Bypass` only where that is possible.
    pub policy: OnError,
    /// The way around a node with policy `Bypass`, as long as the way through it.
    pub detour: Option<DelayLine>,
    pub state: State,
}

/// How the node is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Sound,
    /// It gave a sample that is no number, and that was reported.
    GaveGarbage,
    /// It panicked, that was reported, and it is not called again: its state cannot be trusted.
    Failed,
}

/// Where a frame stands.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    /// Of its first sample, on the session's timeline.
    pub time: MediaTime,
    /// See [`Input::arrival`].
    pub arrival: Option<MediaTime>,
}

/// What the graph knows when it calls a node.
struct Turn<'a> {
    position: i64,
    upstream: Upstream<'a>,
    events: &'a mut EventQueue,
    stamp: Stamp,
}

impl Guard {
    /// Runs the node on one frame. Returns what a panicking node said.
    pub fn run(
        &mut self,
        Moment { time, arrival }: Moment,
        input: &Block,
        mut output: Option<&mut Block>,
        mailbox: &mut Mailbox,
    ) -> Option<String> {
        let failure = self.call(time, mailbox, |node, turn| {
            let Turn {
                position,
                upstream,
                events,
                stamp,
            } = turn;
            let input = Input {
                audio: input,
                position,
                arrival,
                upstream,
            };
            node.process(
                &input,
                &mut Output {
                    audio: output.as_deref_mut(),
                    events,
                    stamp,
                },
            );
        });
        if let Some(output) = output {
            if self.state == State::Failed {
                self.stand_in(input, output);
            } else if scrub(output) && self.state == State::Sound {
                self.state = State::GaveGarbage;
                let message =
                    "The node gave samples that are not finite; they were replaced by silence.";
                self.report(time, mailbox, "non_finite_output", message.into(), "mute");
            }
        }
        mailbox.post();
        failure
    }

    /// Tells the node that the input ended at `time`.
    pub fn end_of_input(
        &mut self,
        time: MediaTime,
        reason: EndReason,
        mailbox: &mut Mailbox,
    ) -> Option<String> {
        let failure = self.call(time, mailbox, |node, turn| {
            let mut output = Output {
                audio: None,
                events: turn.events,
                stamp: turn.stamp,
            };
            node.end_of_input(turn.position, reason, &mut output);
        });
        mailbox.post();
        failure
    }

    /// Makes the node as new, and gives a failed one another chance.
    pub fn reset(&mut self) {
        let node = AssertUnwindSafe(&mut self.node);
        let outcome = catch_unwind(|| { node }.reset());
        self.state = if outcome.is_ok() {
            State::Sound
        } else {
            State::Failed
        };
        if let Some(detour) = &mut self.detour {
            detour.reset();
        }
    }

    /// Calls the node, unless it failed before.
    fn call(
        &mut self,
        time: MediaTime,
        mailbox: &mut Mailbox,
        duty: impl FnOnce(&mut dyn Node, Turn<'_>),
    ) -> Option<String> {
        if self.state == State::Failed {
            return None;
        }
        let stamp = self.stamp(time);
        let (heard, events) = mailbox.desk();
        let turn = Turn {
            position: time.to_samples(self.input.sample_rate),
            upstream: Upstream {
                events: heard,
                sources: self.sources,
                delay: self.delay,
            },
            events,
            stamp,
        };
        let node = self.node.as_mut();
        // The node is not touched again after a panic, so a broken invariant in it cannot be seen.
        let outcome = catch_unwind(AssertUnwindSafe(|| duty(node, turn)));
        let message = words_of(outcome.err()?.as_ref());
        self.state = State::Failed;
        self.report(
            time,
            mailbox,
            "node_panicked",
            message.clone(),
            self.policy.as_str(),
        );
        Some(message)
    }

    /// What comes out of a failed node.
    fn stand_in(&mut self, input: &Block, output: &mut Block) {
        match &mut self.detour {
            Some(detour) => detour.process(input, output),
            None => output.fill_silence(),
        }
    }

    fn report(
        &self,
        time: MediaTime,
        mailbox: &mut Mailbox,
        code: &'static str,
        message: String,
        policy: &'static str,
    ) {
        let (_, fresh) = mailbox.desk();
        let kind = EventKind::NodeError {
            code,
            message,
            policy,
        };
        let mut output = Output {
            audio: None,
            events: fresh,
            stamp: self.stamp(time),
        };
        output.emit(time.to_samples(self.input.sample_rate), kind);
    }

    fn stamp(&self, time: MediaTime) -> Stamp {
        Stamp {
            node: self.index,
            sample_rate: self.input.sample_rate,
            delay: self.delay,
            now: time + super::FRAME,
        }
    }
}

/// Replaces every sample that is not finite by silence, and says whether there was one.
pub(super) fn scrub(block: &mut Block) -> bool {
    // Without a branch in the loop, so that the usual case is a few vector instructions.
    let is_dirty = block
        .planes()
        .iter()
        .fold(false, |dirty, s| dirty | !s.is_finite());
    if is_dirty {
        let garbage = block
            .planes_mut()
            .iter_mut()
            .filter(|sample| !sample.is_finite());
        garbage.for_each(|sample| *sample = 0.0);
    }
    is_dirty
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    words.unwrap_or_else(|| "the node panicked without a message".into())
}
