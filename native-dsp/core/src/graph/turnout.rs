//! Where the audio of a node comes from: the node, the way around it, or nowhere; and how one becomes the other unheard.

use super::node_state::NodeState;
use crate::block::Block;
use crate::dsp::delay_line::DelayLine;
use crate::format::Format;

/// The way around a node, as long as the way through it.
pub(super) struct Detour {
    line: DelayLine,
    /// What came out of it.
    audio: Block,
    is_clear: bool,
}

impl Detour {
    /// A way of `delay` samples with a silent past.
    pub fn new(delay: usize, format: Format) -> Self {
        Self {
            line: DelayLine::new(delay, format),
            audio: Block::silent(format),
            is_clear: true,
        }
    }

    /// Makes the past silent.
    pub fn clear(&mut self) {
        if !std::mem::replace(&mut self.is_clear, true) {
            self.line.reset();
        }
    }

    fn process(&mut self, input: &Block) -> &mut Block {
        self.is_clear = false;
        self.line.process(input, &mut self.audio);
        &mut self.audio
    }
}

/// Which way the audio takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Through,
    Around,
    Nowhere,
}

/// What was asked for, and how far it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turnout {
    heard: NodeState,
    next: NodeState,
    /// Frames until what comes out of the next way went into it after the command.
    filling: usize,
}

/// One frame's part in it.
#[derive(Clone, Copy)]
pub(super) struct Passage {
    heard: NodeState,
    next: NodeState,
    is_fading: bool,
}

impl Turnout {
    /// Asks for another way, which is full after `filling_frames`.
    pub fn set(&mut self, next: NodeState, filling_frames: usize) {
        self.filling = match next {
            _ if next == self.heard => 0,
            // What is being filled already is not begun anew.
            _ if next == self.next => self.filling,
            _ => filling_frames,
        };
        self.next = next;
    }

    /// What was asked for last.
    pub fn asked(&self) -> NodeState {
        self.next
    }

    /// Whether the node's audio is needed in the next frame.
    pub fn needs_node(&self) -> bool {
        [self.heard, self.next].contains(&NodeState::Enabled)
    }

    /// One frame goes by.
    pub fn pass(&mut self) -> Passage {
        let Self { heard, next, .. } = *self;
        let is_fading = heard != next && self.filling == 0;
        if is_fading {
            self.heard = next;
        }
        self.filling = self.filling.saturating_sub(1);
        Passage {
            heard,
            next,
            is_fading,
        }
    }
}

impl Passage {
    /// The way that is heard and the one that will be, by what a state means for the node.
    pub fn ways(self, way: impl Fn(NodeState) -> Way) -> [Way; 2] {
        [self.heard, self.next].map(way)
    }

    /// Makes of `output`, into which the node wrote if it was called, what is heard.
    pub fn finish(
        self,
        ways: [Way; 2],
        detour: Option<&mut Detour>,
        input: &Block,
        output: &mut Block,
    ) {
        match self.gains(ways, Way::Through) {
            [0.0, 0.0] => output.fill_silence(),
            gains => output.fade(gains),
        }
        let Some(detour) = detour else { return };
        if !ways.contains(&Way::Around) {
            detour.clear();
            return;
        }
        let audio = detour.process(input);
        let gains = self.gains(ways, Way::Around);
        if gains != [0.0, 0.0] {
            audio.fade(gains);
            output.add(audio);
        }
    }

    /// How loud one way is, at the beginning of the frame and at its end.
    fn gains(self, [heard, next]: [Way; 2], way: Way) -> [f32; 2] {
        let end = if self.is_fading { next } else { heard };
        [heard, end].map(|it| if it == way { 1.0 } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(turnout: &mut Turnout) -> (NodeState, NodeState, bool) {
        let it = turnout.pass();
        (it.heard, it.next, it.is_fading)
    }

    #[test]
    fn a_new_way_is_filled_first_and_faded_to_in_one_frame() {
        use NodeState::{Bypass, Enabled};
        let mut turnout = Turnout::default();
        turnout.set(Bypass, 2);
        assert_eq!(heard(&mut turnout), (Enabled, Bypass, false));
        assert_eq!(heard(&mut turnout), (Enabled, Bypass, false));
        assert!(turnout.needs_node());
        assert_eq!(heard(&mut turnout), (Enabled, Bypass, true));
        assert!(!turnout.needs_node());
        assert_eq!(heard(&mut turnout), (Bypass, Bypass, false));
    }

    #[test]
    fn silence_needs_no_filling_and_a_command_taken_back_nothing_at_all() {
        use NodeState::{Bypass, Disabled, Enabled};
        let mut turnout = Turnout::default();
        turnout.set(Bypass, 2);
        turnout.set(Enabled, 2);
        assert_eq!(heard(&mut turnout), (Enabled, Enabled, false));
        turnout.set(Disabled, 0);
        assert_eq!(heard(&mut turnout), (Enabled, Disabled, true));
        assert_eq!(heard(&mut turnout), (Disabled, Disabled, false));
    }

    #[test]
    fn a_command_that_is_repeated_does_not_begin_anew() {
        let mut turnout = Turnout::default();
        turnout.set(NodeState::Bypass, 2);
        turnout.pass();
        turnout.set(NodeState::Bypass, 2);
        turnout.pass();
        assert!(turnout.pass().is_fading);
    }
}
