//! What must hold for every node, whatever its parameters, format and input. Run by libFuzzer and, over seeded
//! bytes for every node of the catalogue, by a test of the core.

#[path = "nodes/bytes.rs"]
mod bytes;
#[path = "nodes/drive.rs"]
mod drive;
#[path = "nodes/parameters.rs"]
mod parameters;

use bytes::Bytes;
use remotemedia_core::catalogue;
use remotemedia_core::format::Format;
use remotemedia_core::manifest::Manifest;
use remotemedia_core::params::Params;
use remotemedia_core::spec::NodeSpec;
use serde_json::json;

const RATES: [u32; 10] = [
    8_000, 11_100, 16_000, 22_100, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000,
];

/// What became of one input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// The parser refused the parameters, and said where and what to do.
    Refused,
    /// The parameters are sound one by one and do not fit each other or the format, which the node said.
    Unbuildable,
    /// It ran for so many frames and reported so many events.
    Ran { frames: usize, events: usize },
}

/// Reads from any bytes a node (the first byte, as an index into the catalogue), its parameters, a format and what
/// happens to it, lets it happen twice, and panics where a promise is broken.
pub fn check(data: &[u8]) -> Fate {
    let mut bytes = Bytes::new(data);
    let spec = catalogue::all()[bytes.below(catalogue::all().len())];
    let Some(params) = parse(spec, &mut bytes) else {
        return Fate::Refused;
    };
    let format = Format {
        sample_rate: RATES[bytes.below(RATES.len())],
        channels: 1 + bytes.below(8) as u8,
    };
    // What works on JSON values alone is the subject of another test.
    let Some(build) = spec.build.audio() else {
        return Fate::Refused;
    };
    match build(&params, format) {
        Err(error) => {
            let known = spec.params.iter().any(|param| param.name == error.param);
            assert!(
                known && !error.message.is_empty() && !error.hint.is_empty(),
                "{error:?}"
            );
            Fate::Unbuildable
        }
        // The one node that breaks its promises, and whose purpose that is.
        Ok(_) if spec.node_type == "FaultNode" => Fate::Ran {
            frames: 0,
            events: 0,
        },
        Ok(built) => {
            let first = drive::run(spec, built, bytes.clone());
            let again = build(&params, format).expect("it could be built before");
            assert!(
                first == drive::run(spec, again, bytes),
                "{} does not repeat itself",
                spec.node_type
            );
            Fate::Ran {
                frames: first.frames,
                events: first.events.len(),
            }
        }
    }
}

/// The parameters of a sound manifest; `None` where the parser rightly refused them.
fn parse(spec: &'static NodeSpec, bytes: &mut Bytes<'_>) -> Option<Params> {
    let (params, is_sound) = parameters::read(spec, bytes);
    let node = json!({"id": "node", "node_type": spec.node_type, "params": params});
    match Manifest::from_value(&json!({"version": "v1", "nodes": [node]})) {
        Ok(manifest) => {
            assert!(is_sound, "{} accepts {params:?}", spec.node_type);
            Some(manifest.nodes()[0].params.clone())
        }
        Err(complaints) => {
            assert!(!is_sound, "{}: {complaints:?}", spec.node_type);
            for complaint in complaints {
                let is_helpful = !complaint.message.is_empty() && !complaint.hint.is_empty();
                assert!(
                    is_helpful && complaint.path.starts_with("nodes[0].params."),
                    "{complaint:?}"
                );
            }
            None
        }
    }
}
