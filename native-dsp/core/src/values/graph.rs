//! A compiled pipeline of JSON values.

use serde::Serialize;
use serde_json::Value;

use super::error::NodeError;
use super::execution::{Execution, Failures};
use super::node::Outputs;
use super::place::Place;
use crate::complaint::{Complaint, Complaints, code, quote};
use crate::manifest::{Manifest, ManifestNode, OnError};

/// What a graph is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GraphInfo {
    /// Number of nodes.
    pub node_count: usize,
    /// Nodes to which nothing is connected: each gets the pipeline's input.
    pub source_count: usize,
    /// Nodes that are connected to nothing.
    pub sink_count: usize,
    /// Ids of the nodes in the order in which they run; ties are broken by the order of the manifest.
    pub execution_order: Vec<String>,
    /// Ids of the nodes whose results are the pipeline's, in the order of the manifest: those marked
    /// `is_output_node`, or all sinks where none is.
    pub output_nodes: Vec<String>,
}

/// A pipeline of values that is ready to run. Its nodes keep their state from call to call.
pub struct ValueGraph {
    info: GraphInfo,
    /// In the order in which they run, so that a node's feeders stand before it.
    places: Vec<Place>,
    /// Places whose results are the pipeline's, in the order of the manifest.
    output_places: Vec<usize>,
}

impl ValueGraph {
    /// Makes a graph of a manifest on values.
    ///
    /// # Errors
    /// What does not fit: a node that works on audio only, a connection with ports, parameters that exclude each
    /// other. All of it, with paths into the manifest.
    pub fn compile(manifest: &Manifest) -> Result<Self, Vec<Complaint>> {
        let mut complaints = Complaints::default();
        complain_of_audio(manifest, &mut complaints);
        let mut place_of = vec![0; manifest.nodes().len()];
        let mut places = Vec::with_capacity(manifest.nodes().len());
        for (place, &index) in manifest.order().iter().enumerate() {
            place_of[index] = place;
            places.extend(make_place(manifest, index, &place_of, &mut complaints));
        }
        complaints.into_result(())?;

        let outputs = output_indices(manifest);
        let nodes = manifest.nodes();
        let info = GraphInfo {
            node_count: nodes.len(),
            source_count: places
                .iter()
                .filter(|place| place.feeders.is_empty())
                .count(),
            sink_count: sinks(manifest).count(),
            execution_order: places.iter().map(|place| place.node_id.clone()).collect(),
            output_nodes: outputs
                .iter()
                .map(|&index| nodes[index].id.clone())
                .collect(),
        };
        Ok(Self {
            info,
            places,
            output_places: outputs.iter().map(|&index| place_of[index]).collect(),
        })
    }

    /// Runs the pipeline on every value of a list in turn, or on the one value that `input` is otherwise. The
    /// nodes are not reset before.
    ///
    /// # Errors
    /// The first node that failed under the policy `fail_session`. The values before went through the nodes, and
    /// their results are lost.
    pub fn execute(&mut self, input: &Value) -> Result<Execution, NodeError> {
        let inputs = match input {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        let mut results = vec![Vec::new(); self.output_places.len()];
        let mut failures = Failures::default();
        for (index, input) in inputs.iter().enumerate() {
            self.run(index, input, &mut failures)?;
            for (results, &place) in results.iter_mut().zip(&self.output_places) {
                results.extend(self.places[place].outputs.take());
            }
        }
        Ok(Execution::new(self.info.clone(), results, failures))
    }

    /// Makes the graph as new; failed nodes get another chance.
    pub fn reset(&mut self) {
        self.places.iter_mut().for_each(Place::reset);
    }

    /// What the graph is made of.
    pub fn info(&self) -> &GraphInfo {
        &self.info
    }

    /// Runs every node on what one input became, and leaves their results in their places.
    fn run(
        &mut self,
        index: usize,
        input: &Value,
        failures: &mut Failures,
    ) -> Result<(), NodeError> {
        for at in 0..self.places.len() {
            let (before, rest) = self.places.split_at_mut(at);
            let place = &mut rest[0];
            place.outputs.take();
            if place.feeders.is_empty() {
                step(place, index, input, failures)?;
            }
            // By number, because the calls need the whole place.
            for feeder in 0..place.feeders.len() {
                let feeder = &before[place.feeders[feeder]];
                for value in feeder.outputs.values() {
                    step(place, index, value, failures)?;
                }
            }
        }
        Ok(())
    }
}

/// One call, and what its failure means for the run.
fn step(
    place: &mut Place,
    input_index: usize,
    input: &Value,
    failures: &mut Failures,
) -> Result<(), NodeError> {
    let Err(error) = place.call(input) else {
        return Ok(());
    };
    let failure = NodeError {
        node_id: place.node_id.clone(),
        input_index,
        error,
    };
    if place.policy == OnError::FailSession {
        return Err(failure);
    }
    failures.add(failure);
    Ok(())
}

/// Works on values: every node can, and no connection speaks of audio or events.
fn complain_of_audio(manifest: &Manifest, complaints: &mut Complaints) {
    let nodes = manifest.nodes().iter().enumerate();
    let is_foreign = |node: &ManifestNode| node.spec.build.values().is_none();
    if let Some((index, node)) = nodes.clone().find(|(_, node)| is_foreign(node)) {
        let what = match node.external {
            Some(_) => "runs outside",
            None => "works on audio",
        };
        let message = format!("{} {what}, not on JSON values here.", quote(&node.id));
        let hint =
            "Run this pipeline in a session, or with `remotemedia run <manifest> -i <in.wav>`.";
        complaints.add(
            format!("nodes[{index}]"),
            code::NOT_ON_VALUES,
            message,
            hint,
        );
        return;
    }
    for (index, edge) in manifest.connections().iter().enumerate() {
        if !(edge.audio && edge.events) {
            let message = "Values go from node to node without ports.";
            let hint = "Leave out `from_port` and `to_port`.";
            let path = format!("connections[{index}]");
            complaints.add(path, code::UNSUPPORTED_PORT, message, hint);
        }
    }
}

fn make_place(
    manifest: &Manifest,
    index: usize,
    place_of: &[usize],
    complaints: &mut Complaints,
) -> Option<Place> {
    let node = &manifest.nodes()[index];
    let built = node.spec.build.values()?(&node.params);
    let built = built.map_err(|error| {
        let path = format!("nodes[{index}].params.{}", error.param);
        complaints.add(path, code::INVALID_COMBINATION, error.message, error.hint);
    });
    let incoming = manifest
        .connections()
        .iter()
        .filter(|edge| edge.to == index);
    Some(Place {
        node_id: node.id.clone(),
        node: built.ok()?,
        policy: node.execution.on_error,
        feeders: incoming.map(|edge| place_of[edge.from]).collect(),
        outputs: Outputs::default(),
        has_panicked: false,
    })
}

fn output_indices(manifest: &Manifest) -> Vec<usize> {
    let nodes = manifest.nodes().iter().enumerate();
    let marked = nodes.filter(|(_, node)| node.is_output_node);
    let marked: Vec<usize> = marked.map(|(index, _)| index).collect();
    if marked.is_empty() {
        sinks(manifest).collect()
    } else {
        marked
    }
}

/// Indices of the nodes that are connected to nothing.
fn sinks(manifest: &Manifest) -> impl Iterator<Item = usize> {
    let goes_on = |index| manifest.connections().iter().any(|edge| edge.from == index);
    (0..manifest.nodes().len()).filter(move |&index| !goes_on(index))
}
