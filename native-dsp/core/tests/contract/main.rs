//! The promises that every node of the catalogue makes. A new node is tested by existing.

mod allocation;
mod documentation;
mod drive;
mod formats;
mod promises;
mod signals;
#[path = "../support/mod.rs"]
mod support;
mod values;
mod variants;

use remotemedia_core::catalogue;
use remotemedia_core::node_template;
use remotemedia_core::spec::NodeSpec;

/// Every node type on audio but the one that exists to break its promises.
fn promising() -> impl Iterator<Item = &'static NodeSpec> {
    let all = catalogue::all().iter().copied();
    let on_audio = all.filter(|spec| spec.build.audio().is_some());
    on_audio.filter(|spec| spec.node_type != "FaultNode")
}

/// With what `make node` writes, which every new node begins as.
fn promising_and_template() -> impl Iterator<Item = &'static NodeSpec> {
    promising().chain([&node_template::SPEC])
}
