//! Times a frame's way through the graph.

use super::guard::Verdict;
use crate::metrics::PipelineRecorder;

/// Runs along with one frame: one look at the clock a step, none between.
pub(super) struct Stopwatch<'a> {
    recorder: &'a PipelineRecorder,
    start_ns: u64,
    lap_ns: u64,
}

impl<'a> Stopwatch<'a> {
    pub fn start(recorder: &'a PipelineRecorder) -> Self {
        let now_ns = recorder.now_ns();
        Self {
            recorder,
            start_ns: now_ns,
            lap_ns: now_ns,
        }
    }

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
        self.recorder.node(index).record(duration_ns, is_error);
    }

    /// Something else has been done: it counts for the whole alone.
    pub fn pass(&mut self) {
        self.lap_ns = self.recorder.now_ns();
    }

    /// The frame is through.
    pub fn stop(self) {
        let duration_ns = self.lap_ns.saturating_sub(self.start_ns);
        self.recorder.record(duration_ns);
    }
}
