//! Every node in a graph, at every common format.

use remotemedia_core::block::Block;
use remotemedia_core::event::EventKind;
use remotemedia_core::format::Format;
use remotemedia_core::spec::Role;
use remotemedia_core::time::MediaTime;
use serde_json::json;

use crate::allocation::allocations_of;
use crate::promising;
use crate::signals::Signal;
use crate::support::{chain, compile};

#[test]
fn every_node_runs_at_every_common_rate_in_mono_and_stereo() {
    for spec in promising() {
        let manifest = chain(&[json!({"id": "node", "node_type": spec.node_type})]);
        for sample_rate in [8_000, 16_000, 32_000, 44_100, 48_000] {
            for channels in [1, 2] {
                let format = Format {
                    sample_rate,
                    channels,
                };
                let mut graph = compile(&manifest, format);
                let name = format!("{} at {format}", spec.node_type);
                assert_eq!(
                    graph.output_format().is_none(),
                    spec.role == Role::Sink,
                    "{name}"
                );

                let mut input = Block::silent(format);
                for frame in 0..100 {
                    let position = frame * format.frame_samples() as i64;
                    for channel in 0..input.channels() {
                        for (n, sample) in input.channel_mut(channel).iter_mut().enumerate() {
                            *sample = Signal::Speech.at(position + n as i64, sample_rate);
                        }
                    }
                    let count =
                        allocations_of(|| graph.process(MediaTime::from_ms(10 * frame), &input));
                    let output = graph.output().into_iter().flat_map(Block::planes);
                    assert!(output.copied().all(f32::is_finite), "{name}");
                    let gave_away = graph
                        .drain_events()
                        .any(|e| matches!(e.kind, EventKind::Utterance(_)));
                    assert!(
                        gave_away || count == 0,
                        "{name}: {count} allocations in frame {frame}"
                    );
                }
                assert_eq!(graph.failure(), None, "{name}");
            }
        }
    }
}
