//! Where a running pipeline writes what it cost.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::NanosecondClock;
use super::histogram::Histogram;

/// The calls of one node. One thread records, any may read.
#[derive(Default)]
pub struct NodeRecorder {
    duration_ns: Histogram,
    errors: AtomicU64,
}

impl NodeRecorder {
    /// Counts one call, which took so long.
    pub fn record(&self, duration_ns: u64, is_error: bool) {
        self.duration_ns.record(duration_ns);
        if is_error {
            self.errors.store(self.errors.load(Relaxed) + 1, Release);
        }
    }

    /// Durations of all calls, in nanoseconds.
    pub fn duration_ns(&self) -> &Histogram {
        &self.duration_ns
    }

    /// Calls that failed. Read before the durations, it is never more than they are.
    pub fn errors(&self) -> u64 {
        self.errors.load(Acquire)
    }
}

/// The executions of one pipeline and of its nodes. One thread records, any may read.
pub struct PipelineRecorder {
    clock: NanosecondClock,
    nodes: Box<[Named]>,
    duration_ns: Histogram,
    media_duration_ns: Option<u64>,
    overruns: AtomicU64,
}

/// A node with the names under which it is reported.
pub(super) struct Named {
    pub id: String,
    pub node_type: &'static str,
    pub recorder: NodeRecorder,
}

impl PipelineRecorder {
    /// A recorder for nodes of these ids and types, whose times are told by `clock`. `media_duration_ns` is how much media an execution works on,
    /// where it is media that it works on: an execution that takes longer is an overrun.
    pub fn new<'a>(
        nodes: impl IntoIterator<Item = (&'a str, &'static str)>,
        media_duration_ns: Option<u64>,
        clock: NanosecondClock,
    ) -> Self {
        let nodes = nodes.into_iter().map(|(id, node_type)| Named {
            id: id.to_owned(),
            node_type,
            recorder: NodeRecorder::default(),
        });
        Self {
            clock,
            nodes: nodes.collect(),
            duration_ns: Histogram::default(),
            media_duration_ns,
            overruns: AtomicU64::new(0),
        }
    }

    /// The time by the clock that it was made with.
    pub fn now_ns(&self) -> u64 {
        (self.clock)()
    }

    /// Where the calls of a node are recorded, by its place in what [`PipelineRecorder::new`] was given.
    pub fn node(&self, index: usize) -> &NodeRecorder {
        &self.nodes[index].recorder
    }

    /// Counts one execution of the whole pipeline, which took so long.
    pub fn record(&self, duration_ns: u64) {
        self.duration_ns.record(duration_ns);
        if self
            .media_duration_ns
            .is_some_and(|media| duration_ns > media)
        {
            let overruns = self.overruns.load(Relaxed) + 1;
            self.overruns.store(overruns, Release);
        }
    }

    /// Durations of all executions, in nanoseconds.
    pub fn duration_ns(&self) -> &Histogram {
        &self.duration_ns
    }

    /// Executions that took longer than their media lasts.
    pub fn overruns(&self) -> u64 {
        self.overruns.load(Acquire)
    }

    pub(super) fn nodes(&self) -> &[Named] {
        &self.nodes
    }

    pub(super) fn media_duration_ns(&self) -> Option<u64> {
        self.media_duration_ns
    }
}
