//! The fuzzer's harness over seeded bytes: every node of the catalogue, repeatable, on every run of the tests.

#[path = "../../fuzz/harness/nodes.rs"]
mod harness;

use harness::Fate;
use remotemedia_core::catalogue;

/// Inputs for each node; `FUZZ_ROUNDS` asks for more.
const ROUNDS: u64 = 60;
const LONGEST: usize = 400;

#[test]
fn every_node_keeps_its_promises_whatever_happens_to_it() {
    let rounds =
        std::env::var("FUZZ_ROUNDS").map_or(ROUNDS, |text| text.parse().expect("a number"));
    let all = catalogue::all().iter().enumerate();
    for (index, spec) in all.filter(|(_, spec)| spec.build.audio().is_some()) {
        let (mut refused, mut ran, mut frames_run) = (0, 0, 0);
        for round in 0..rounds {
            let mut random = Random(round << 8 | index as u64);
            let length = 8 + random.below(LONGEST);
            let mut data: Vec<u8> = (0..length).map(|_| random.below(256) as u8).collect();
            data[0] = index as u8;
            match harness::check(&data) {
                Fate::Refused => refused += 1,
                Fate::Unbuildable => {}
                Fate::Ran { frames, .. } => {
                    ran += 1;
                    frames_run += frames;
                }
            }
        }
        // All ways out were taken often enough to mean something.
        let name = spec.node_type;
        assert!(ran >= rounds / 10, "{name} ran {ran} times of {rounds}");
        assert!(
            refused > 0 || spec.params.is_empty(),
            "no parameter of {name} was refused"
        );
        assert!(frames_run > 0 || name == "FaultNode", "{name} never ran");
    }
}

/// SplitMix64: Steele, Lea and Flood 2014.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}
