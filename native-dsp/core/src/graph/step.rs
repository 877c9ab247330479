//! The steps of a compiled graph.

use super::convert::Converter;
use crate::dsp::delay_line::DelayLine;

/// One step. `from` and `to` are numbers of streams while the plan is made, and of buffers when it runs.
pub(super) enum Step {
    /// Changes rate or channels.
    Convert {
        from: usize,
        to: usize,
        converter: Box<Converter>,
    },
    /// Makes a stream wait.
    Delay {
        from: usize,
        to: usize,
        line: DelayLine,
    },
    /// Adds streams up.
    Mix { from: Vec<usize>, to: usize },
    /// Runs a node; analysers and sinks have no `to`.
    Run {
        node: usize,
        from: usize,
        to: Option<usize>,
    },
}

impl Step {
    /// What it reads.
    pub fn reads(&self) -> &[usize] {
        match self {
            Self::Mix { from, .. } => from,
            Self::Convert { from, .. } | Self::Delay { from, .. } | Self::Run { from, .. } => {
                std::slice::from_ref(from)
            }
        }
    }

    /// What it writes.
    pub fn writes(&self) -> Option<usize> {
        match *self {
            Self::Convert { to, .. } | Self::Delay { to, .. } | Self::Mix { to, .. } => Some(to),
            Self::Run { to, .. } => to,
        }
    }

    /// Replaces every number by what `names` has in that place.
    pub fn rename(&mut self, names: &[usize]) {
        match self {
            Self::Convert { from, to, .. } | Self::Delay { from, to, .. } => {
                (*from, *to) = (names[*from], names[*to]);
            }
            Self::Mix { from, to } => {
                from.iter_mut().for_each(|from| *from = names[*from]);
                *to = names[*to];
            }
            Self::Run { from, to, .. } => {
                *from = names[*from];
                *to = to.map(|to| names[to]);
            }
        }
    }
}
