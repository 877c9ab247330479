//! Times a frame's way through the graph.

use std::sync::Arc;

use super::guard::Verdict;
use crate::metrics::{NanosecondClock, PipelineRecorder};

/// The clock that a graph was given, and where it writes what it reads there.
pub(super) struct Meter {
    pub clock: NanosecondClock,
    pub recorder: Arc<PipelineRecorder>,
}

/// Runs along with one frame: one look at the clock a step, none between.
pub(super) struct Stopwatch<'a> {
    meter: &'a Meter,
    start_ns: u64,
    lap_ns: u64,
}

impl Meter {
    pub fn start(&self) -> Stopwatch<'_> {
        let now_ns = (self.clock)();
        Stopwatch {
            meter: self,
            start_ns: now_ns,
            lap_ns: now_ns,
        }
    }
}

impl Stopwatch<'_> {
    /// A node has had its turn.
    pub fn node(&mut self, index: usize, verdict: &Verdict) {
        let before_ns = self.lap_ns;
        self.pass();
        let is_error = match verdict {
            Verdict::NotCalled => return,
            Verdict::Sound => false,
            Verdict::Garbage | Verdict::Panicked(_) => true,
        };
        let duration_ns = self.lap_ns.saturating_sub(before_ns);
        self.meter
            .recorder
            .node(index)
            .record(duration_ns, is_error);
    }

    /// Something else has been done: it counts for the whole alone.
    pub fn pass(&mut self) {
        self.lap_ns = (self.meter.clock)();
    }

    /// The frame is through.
    pub fn stop(self) {
        let duration_ns = self.lap_ns.saturating_sub(self.start_ns);
        self.meter.recorder.record(duration_ns);
    }
}
