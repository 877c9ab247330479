//! Pass-through with the interface of the core's graph, until that has landed.
#![allow(missing_docs, dead_code)]
use remotemedia_core::block::Block;
use remotemedia_core::event::{EndReason, Event};
use remotemedia_core::format::Format;
use remotemedia_core::time::MediaTime;

pub struct NodeFailure {
    pub node_id: String,
    pub message: String,
}
pub struct Graph {
    out: Block,
    events: Vec<Event>,
    pub time: MediaTime,
}
impl Graph {
    pub fn pass_through() -> Self {
        Self {
            out: Block::silent(Format::VOICE),
            events: Vec::new(),
            time: MediaTime::ZERO,
        }
    }
    pub fn input_format(&self) -> Format {
        Format::VOICE
    }
    pub fn output_format(&self) -> Option<Format> {
        Some(Format::VOICE)
    }
    pub fn process(&mut self, time: MediaTime, input: &Block) {
        self.time = time;
        self.out.copy_from(input);
    }
    pub fn output(&self) -> Option<&Block> {
        Some(&self.out)
    }
    pub fn drain_events(&mut self) -> std::vec::Drain<'_, Event> {
        self.events.drain(..)
    }
    pub fn end_of_input(&mut self, _: EndReason) {}
    pub fn failure(&self) -> Option<&NodeFailure> {
        None
    }
}
