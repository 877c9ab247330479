//! A compiled pipeline: 10 ms of audio in, 10 ms out, and what the nodes noticed.

mod buffers;
mod checks;
mod compile;
mod convert;
mod guard;
mod hosts;
mod mailbox;
mod node_state;
mod outcome;
mod step;
mod stopwatch;
mod streams;
mod tap;
mod turnout;

use std::sync::Arc;

use crate::block::Block;
use crate::complaint::Complaint;
use crate::dsp::finite::finite;
use crate::event::{EndReason, Event};
use crate::format::Format;
use crate::manifest::Manifest;
use crate::metrics::{NanosecondClock, PipelineRecorder};
use crate::plan::Plan;
use crate::time::MediaTime;
use guard::{Guard, Moment, Verdict};
pub(crate) use mailbox::MOST_EVENTS_OF_A_NODE;
use mailbox::Mailbox;
pub use node_state::{NodeState, UnknownNode};
use step::Step;
use stopwatch::Stopwatch;
use tap::Tap;
pub use tap::Tapped;

/// Length of a frame.
const FRAME_MS: i64 = 10;
const FRAME: MediaTime = MediaTime::from_ms(FRAME_MS);

/// A pipeline that is ready to run. Everything it needs was allocated when it was compiled.
pub struct Graph {
    plan: Plan,
    node_ids: Vec<String>,
    latency: MediaTime,
    steps: Vec<Step>,
    /// In the order of the manifest.
    nodes: Vec<Guard>,
    /// Which of the nodes keep the place of one outside.
    hosts: Vec<usize>,
    /// Buffer 0 takes the input.
    buffers: Vec<Block>,
    output: Option<usize>,
    mailbox: Mailbox,
    /// Few, and mostly none.
    taps: Vec<Tap>,
    /// End of the last frame.
    now: MediaTime,
    failure: Option<NodeFailure>,
    /// Only where a clock was given.
    recorder: Option<Arc<PipelineRecorder>>,
}

/// A node panicked whose policy is to fail the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFailure {
    /// Its id.
    pub node_id: String,
    /// What it said.
    pub message: String,
}

impl Graph {
    /// Makes a graph that is fed audio of the format `input`.
    ///
    /// # Errors
    /// What does not fit together: parameters and formats, no or several possible outputs, latency over the
    /// budget. All of it, with paths into the manifest.
    pub fn compile(manifest: &Manifest, input: Format) -> Result<Self, Vec<Complaint>> {
        if manifest.is_hybrid() {
            return Err(vec![hosts::no_host(manifest)]);
        }
        compile::compile(manifest, input)
    }

    /// As [`Graph::compile`], by a caller that runs the other parts of the pipeline: the graph keeps a place for
    /// every node outside that hears audio or gives some.
    ///
    /// # Errors
    /// As [`Graph::compile`].
    pub fn compile_hosted(manifest: &Manifest, input: Format) -> Result<Self, Vec<Complaint>> {
        compile::compile(manifest, input)
    }

    /// Times every frame from now on by this clock. What is recorded can be read from any thread, and stays when
    /// the graph is reset.
    pub fn measure(&mut self, clock: NanosecondClock) -> Arc<PipelineRecorder> {
        let nodes = self.nodes.iter().map(|guard| {
            let id = &self.node_ids[usize::from(guard.index)];
            let mut planned = self.plan.nodes.iter();
            let planned = planned.find(|node| node.id == *id);
            let planned = planned.expect("every node is planned");
            // Types outside the catalogue are not ours to bound: as labels they are all one.
            let known = crate::catalogue::find(&planned.node_type);
            (id.as_str(), known.map_or("External", |spec| spec.node_type))
        });
        let media_duration_ns = Some(FRAME_MS as u64 * 1_000_000);
        let recorder = Arc::new(PipelineRecorder::new(nodes, media_duration_ns, clock));
        self.recorder = Some(recorder.clone());
        recorder
    }

    /// Runs every node on 10 ms of audio whose first sample is at `time` on the session's timeline.
    /// Allocates nothing.
    ///
    /// # Panics
    /// When `input` is not in the input format.
    pub fn process(&mut self, time: MediaTime, input: &Block) {
        self.process_received(time, None, input);
    }

    /// The same for audio that came over a network: `arrival` is when the packet came that begins in this
    /// frame, as [`Input::arrival`](crate::node::Input::arrival) says.
    ///
    /// # Panics
    /// When `input` is not in the input format.
    pub fn process_received(&mut self, time: MediaTime, arrival: Option<MediaTime>, input: &Block) {
        assert_eq!(
            input.format(),
            self.plan.input,
            "a frame of the input format"
        );
        self.now = time + FRAME;
        self.begin_tick_of_hosts();
        let moment = Moment { time, arrival };
        self.buffers[0].copy_from(input);
        // Nodes never see what is no audio, and an echo never sends it; nor can branches of it add up to infinity.
        for sample in self.buffers[0].planes_mut() {
            *sample = finite(*sample);
        }
        let mut stopwatch = self.recorder.as_deref().map(Stopwatch::start);
        for step in &mut self.steps {
            match step {
                Step::Convert {
                    from,
                    to,
                    converter,
                } => {
                    let [from, to] = pair(&mut self.buffers, *from, *to);
                    converter.process(from, to);
                }
                Step::Delay { from, to, line } => {
                    let [from, to] = pair(&mut self.buffers, *from, *to);
                    line.process(from, to);
                }
                Step::Mix { from, to } => {
                    self.buffers[*to].fill_silence();
                    for &from in from.iter() {
                        let [from, to] = pair(&mut self.buffers, from, *to);
                        to.add(from);
                    }
                }
                Step::Run { node, from, to } => {
                    let guard = &mut self.nodes[*node];
                    let verdict = if let Some(to) = *to {
                        let [from, to] = pair(&mut self.buffers, *from, to);
                        guard.run(moment, from, Some(to), &mut self.mailbox)
                    } else {
                        guard.run(moment, &self.buffers[*from], None, &mut self.mailbox)
                    };
                    if let Some(stopwatch) = &mut stopwatch {
                        stopwatch.node(*node, &verdict);
                    }
                    note(verdict, guard, &self.node_ids, &mut self.failure);
                    if let Some(tap) = self.taps.iter_mut().find(|tap| tap.node == *node) {
                        tap.hear(time, &self.buffers[to.unwrap_or(*from)]);
                    }
                    continue;
                }
            }
            if let Some(stopwatch) = &mut stopwatch {
                stopwatch.pass();
            }
        }
        self.mailbox.end_tick();
        if let Some(stopwatch) = stopwatch {
            stopwatch.stop();
        }
    }

    /// The processed audio of the last frame; `None` where the pipeline only listens.
    pub fn output(&self) -> Option<&Block> {
        self.output.map(|buffer| &self.buffers[buffer])
    }

    /// Takes all events that have not been taken, oldest first.
    pub fn drain_events(&mut self) -> std::vec::Drain<'_, Event> {
        self.mailbox.drain()
    }

    /// How many events were lost because nobody took them, or because too many came at once.
    pub fn events_dropped(&self) -> u64 {
        self.mailbox.dropped()
    }

    /// Tells every node that the input has ended or paused, after the last frame that was processed.
    pub fn end_of_input(&mut self, reason: EndReason) {
        for step in &self.steps {
            if let Step::Run { node, .. } = step {
                let guard = &mut self.nodes[*node];
                let verdict = guard.end_of_input(self.now, reason, &mut self.mailbox);
                note(verdict, guard, &self.node_ids, &mut self.failure);
            }
        }
        self.mailbox.end_tick();
    }

    /// Makes the graph as new: silent past, no events, failed nodes get another chance.
    pub fn reset(&mut self) {
        for step in &mut self.steps {
            match step {
                Step::Convert { converter, .. } => converter.reset(),
                Step::Delay { line, .. } => line.reset(),
                Step::Mix { .. } | Step::Run { .. } => {}
            }
        }
        self.nodes.iter_mut().for_each(Guard::reset);
        self.buffers.iter_mut().for_each(Block::fill_silence);
        self.mailbox.clear();
        self.clear_taps();
        self.now = MediaTime::ZERO;
        self.failure = None;
    }

    /// The first node that panicked under the policy `fail_session`: the session has to be closed. Until it
    /// is, that node gives silence.
    pub fn failure(&self) -> Option<&NodeFailure> {
        self.failure.as_ref()
    }

    /// What [`Graph::process`] must be fed.
    pub fn input_format(&self) -> Format {
        self.plan.input
    }

    /// What [`Graph::output`] gives.
    pub fn output_format(&self) -> Option<Format> {
        self.plan.output
    }

    /// Delay of the audio from input to output; without output, to the node that hears it last.
    pub fn latency(&self) -> MediaTime {
        self.latency
    }

    /// What the graph does, written out.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Ids of the nodes that it runs, in the order in which it does.
    pub fn audio_node_ids(&self) -> Vec<String> {
        self.plan.nodes.iter().map(|node| node.id.clone()).collect()
    }

    /// Ids by node index, as events carry it: the order of the manifest.
    pub fn node_ids(&self) -> &[String] {
        &self.node_ids
    }
}

/// Two buffers at once. The plan never reads and writes the same one in a step.
fn pair(buffers: &mut [Block], from: usize, to: usize) -> [&mut Block; 2] {
    let pair = buffers.get_disjoint_mut([from, to]);
    pair.expect("a step reads and writes different buffers")
}

/// Keeps the first failure that concerns the session.
fn note(verdict: Verdict, guard: &Guard, node_ids: &[String], failure: &mut Option<NodeFailure>) {
    let Verdict::Panicked(message) = verdict else {
        return;
    };
    let is_fatal = guard.policy == crate::manifest::OnError::FailSession;
    if is_fatal && failure.is_none() {
        let node_id = node_ids[usize::from(guard.index)].clone();
        *failure = Some(NodeFailure { node_id, message });
    }
}
