//! One node and the wall around it: a panic or a non-finite sample stays inside.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::mailbox::Mailbox;
use super::node_state::NodeState;
use super::turnout::{Detour, Turnout, Way};
use crate::block::Block;
use crate::event::{EndReason, EventKind, EventQueue};
use crate::format::Format;
use crate::manifest::OnError;
use crate::node::{Input, Node, Output, Stamp, Upstream};
use crate::panic::words_of;
use crate::spec::Role;
use crate::time::MediaTime;

/// A node in its place in the graph.
pub(super) struct Guard {
    pub node: Box<dyn Node>,
    /// Index in the manifest.
    pub index: u8,
    /// What it is fed.
    pub input: Format,
    /// What it gives, where it gives audio.
    pub output: Format,
    pub role: Role,
    /// Whether there is a way around it: it hears, and gives audio in the same format.
    pub is_avoidable: bool,
    /// Delay of the audio where it enters the node.
    pub delay: MediaTime,
    /// The nodes whose events it hears, as bits.
    pub sources: u64,
    /// What happens when it panics; `Bypass` only where that is possible.
    pub policy: OnError,
    /// That way, once it has been needed; with policy `Bypass` from the start.
    pub detour: Option<Detour>,
    pub turnout: Turnout,
    /// Whether it was called since it was last told that its input ended.
    pub is_open: bool,
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

/// How a node's turn went.
pub(super) enum Verdict {
    Sound,
    /// It gave samples that are no numbers; they were replaced.
    Garbage,
    /// It panicked, and said this.
    Panicked(String),
    /// It had failed before, or is switched off.
    NotCalled,
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
    /// Runs the node on one frame.
    pub fn run(
        &mut self,
        Moment { time, arrival }: Moment,
        input: &Block,
        mut output: Option<&mut Block>,
        mailbox: &mut Mailbox,
    ) -> Verdict {
        let is_on = self.is_on(output.is_some());
        let mut verdict = match is_on {
            true => self.call(time, mailbox, |node, turn| {
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
            }),
            false => self.take_leave(time, mailbox),
        };
        self.is_open = is_on;
        let passage = self.turnout.pass();
        if let Some(output) = output {
            if is_on && self.state != State::Failed && scrub(output) {
                verdict = Verdict::Garbage;
                self.complain_of_garbage(time, mailbox);
            }
            let ways = passage.ways(|state| self.way(state));
            passage.finish(ways, self.detour.as_mut(), input, output);
        }
        mailbox.post();
        verdict
    }

    /// Switches the node off or on, beginning with the next frame.
    pub fn set_state(&mut self, state: NodeState) {
        let latency_samples = self.node.latency_samples() as usize;
        if state == NodeState::Bypass && self.is_avoidable {
            let detour = || Detour::new(latency_samples, self.input);
            self.detour.get_or_insert_with(detour);
        }
        let filling_frames = match self.way(state) {
            Way::Nowhere => 0,
            Way::Through | Way::Around => latency_samples.div_ceil(self.output.frame_samples()),
        };
        self.turnout.set(state, filling_frames);
    }

    /// Format of the audio that it gives, and how late that is; without audio of its own, of what it hears.
    pub fn given(&self) -> (Format, MediaTime) {
        if self.role != Role::Transform {
            return (self.input, self.delay);
        }
        let samples = i64::from(self.node.latency_samples());
        let latency = MediaTime::from_samples(samples, self.output.sample_rate);
        (self.output, self.delay + latency)
    }

    /// Whether it is called for the next frame: until its audio has been faded from, where it has any.
    fn is_on(&self, gives_audio: bool) -> bool {
        match gives_audio {
            true => self.turnout.needs_node(),
            false => self.turnout.asked() == NodeState::Enabled,
        }
    }

    /// The way that a state means for this node, as it is doing.
    fn way(&self, state: NodeState) -> Way {
        match state {
            NodeState::Enabled if self.state != State::Failed => Way::Through,
            NodeState::Enabled if self.policy == OnError::Bypass => self.way_around(),
            NodeState::Bypass => self.way_around(),
            NodeState::Enabled | NodeState::Disabled => Way::Nowhere,
        }
    }

    fn way_around(&self) -> Way {
        match self.detour {
            Some(_) => Way::Around,
            None => Way::Nowhere,
        }
    }

    /// Closes what the node has open, once, when it is switched off.
    fn take_leave(&mut self, time: MediaTime, mailbox: &mut Mailbox) -> Verdict {
        match self.is_open {
            true => self.call_end_of_input(time, EndReason::Flush, mailbox),
            false => Verdict::NotCalled,
        }
    }

    /// Tells the node that the input ended at `time`.
    pub fn end_of_input(
        &mut self,
        time: MediaTime,
        reason: EndReason,
        mailbox: &mut Mailbox,
    ) -> Verdict {
        let is_off = self.turnout.asked() != NodeState::Enabled && !self.is_open;
        if is_off {
            return Verdict::NotCalled;
        }
        self.is_open = false;
        let verdict = self.call_end_of_input(time, reason, mailbox);
        mailbox.post();
        verdict
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
            detour.clear();
        }
        self.turnout = Turnout::default();
        self.is_open = false;
    }

    fn call_end_of_input(
        &mut self,
        time: MediaTime,
        reason: EndReason,
        mailbox: &mut Mailbox,
    ) -> Verdict {
        self.call(time, mailbox, |node, turn| {
            let mut output = Output {
                audio: None,
                events: turn.events,
                stamp: turn.stamp,
            };
            node.end_of_input(turn.position, reason, &mut output);
        })
    }

    /// Calls the node, unless it failed before.
    fn call(
        &mut self,
        time: MediaTime,
        mailbox: &mut Mailbox,
        duty: impl FnOnce(&mut dyn Node, Turn<'_>),
    ) -> Verdict {
        if self.state == State::Failed {
            return Verdict::NotCalled;
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
        let Err(panic) = outcome else {
            return Verdict::Sound;
        };
        let message = words_of(panic.as_ref());
        self.state = State::Failed;
        self.report(
            time,
            mailbox,
            "node_panicked",
            message.clone(),
            self.policy.as_str(),
        );
        Verdict::Panicked(message)
    }

    /// Once is enough: what does it once usually does it in every frame.
    fn complain_of_garbage(&mut self, time: MediaTime, mailbox: &mut Mailbox) {
        if self.state == State::Sound {
            self.state = State::GaveGarbage;
            let message = "The node gave samples that are not finite, or beyond 1e30; they were replaced by silence.";
            self.report(time, mailbox, "non_finite_output", message.into(), "mute");
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

/// Sixty-four streams of it are still no infinity.
const LOUDEST: f32 = 1e30;

/// Replaces every sample that is not finite, or soon would not be, by silence, and says whether there was one.
fn scrub(block: &mut Block) -> bool {
    // Without a branch in the loop, so that the usual case is a few vector instructions.
    let is_dirty = block
        .planes()
        .iter()
        .fold(false, |dirty, sample| dirty | !is_bearable(*sample));
    if is_dirty {
        let garbage = block
            .planes_mut()
            .iter_mut()
            .filter(|sample| !is_bearable(**sample));
        garbage.for_each(|sample| *sample = 0.0);
    }
    is_dirty
}

fn is_bearable(sample: f32) -> bool {
    // NaN fails the comparison.
    sample.abs() <= LOUDEST
}
