//! The metrics of all pipelines of a process.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::export::PipelineExport;
use super::ledger::Ledger;
use super::recorder::PipelineRecorder;
use super::total::{NodeLabel, PipelineTotal};

/// Sums by pipeline over all sessions, the closed ones included. As large as there are names; all manifests
/// without one share an entry, in which nodes are told apart by their types.
#[derive(Default)]
pub struct Totals {
    pipelines: BTreeMap<Option<String>, Ledger<PipelineRecorder, PipelineTotal>>,
}

impl Totals {
    /// Counts a session of this pipeline in. Names must be the operator's, not the clients'.
    pub fn enter(&mut self, pipeline: Option<&str>, recorder: Arc<PipelineRecorder>) {
        let label = NodeLabel::of(pipeline);
        let pipeline = pipeline.map(str::to_owned);
        let ledger = self.pipelines.entry(pipeline);
        ledger
            .or_insert_with(|| Ledger::new(PipelineTotal::new(label)))
            .enter(recorder);
    }

    /// Everything that was recorded so far, in order of the names.
    pub fn export(&mut self) -> Vec<PipelineExport> {
        let pipelines = self.pipelines.iter_mut();
        pipelines
            .map(|(name, ledger)| PipelineExport::of(name.clone(), &ledger.total()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorder(id: &str) -> Arc<PipelineRecorder> {
        let recorder = PipelineRecorder::new([(id, "GainNode")], Some(10_000_000), || 0);
        recorder.node(0).record(3_000, false);
        recorder.record(4_000);
        Arc::new(recorder)
    }

    #[test]
    fn sessions_of_one_pipeline_are_one_entry_and_so_are_all_without_a_name() {
        let mut totals = Totals::default();
        let live = recorder("a");
        totals.enter(Some("echo"), live.clone());
        totals.enter(Some("echo"), recorder("a"));
        for id in ["x", "y", "z"] {
            totals.enter(None, recorder(id));
        }
        let [nameless, echo] = &totals.export()[..] else {
            panic!("two entries")
        };
        assert_eq!(
            (nameless.pipeline.as_deref(), nameless.duration.count),
            (None, 3)
        );
        assert_eq!(nameless.nodes.len(), 1);
        assert_eq!(
            (
                nameless.nodes[0].node.as_str(),
                nameless.nodes[0].duration.count
            ),
            ("GainNode", 3)
        );
        assert_eq!(
            (echo.pipeline.as_deref(), echo.duration.count),
            (Some("echo"), 2)
        );
        assert_eq!(
            (echo.nodes[0].node.as_str(), echo.nodes[0].duration.sum_s),
            ("a", 6e-6)
        );
        live.record(4_000);
        assert_eq!(totals.export()[1].duration.count, 3);
    }
}
