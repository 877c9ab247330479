//! The fuzzer's harness over mutated seeds: repeatable, and on every run of the tests.

#[path = "../../fuzz/harness/manifest.rs"]
mod harness;

use std::path::Path;

/// What turns one manifest into another: words that the parser knows, and values at the edge.
const WORDS: [&str; 33] = [
    "nodes",
    "id",
    "node_type",
    "params",
    "from",
    "to",
    "GainNode",
    "FastResampleNode",
    "v1",
    "null",
    "true",
    "-1",
    "1e999",
    "18446744073709551616",
    ".nan",
    "&a",
    "*a",
    "<<:",
    "[[[[",
    "}}}}",
    "\"",
    "\n  ",
    "on_error",
    "a",
    "${A}",
    "${B:-1}",
    "\"${A}\"",
    "\"${C}\"",
    "'${C}'",
    ": \"${C}\"",
    "\u{feff}",
    "$${",
    "|\n    ",
];

const MUTANTS: usize = 4_000;

#[test]
fn mutated_manifests_are_read_or_complained_of() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/manifest");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(seeds.len() >= 4);
    for (path, seed) in paths.iter().zip(&seeds) {
        assert!(harness::check(seed), "{} is sound", path.display());
    }
    let mut random = Random(1);
    let mut sound = 0;
    for _ in 0..MUTANTS {
        let mut mutant = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(4) {
            mutate(&mut mutant, &seeds, &mut random);
        }
        // Most mutants of UTF-8 stay UTF-8; the others would be refused before the parser.
        let text = String::from_utf8_lossy(&mutant);
        sound += usize::from(harness::check(text.as_bytes()));
    }
    // Both ways out were taken often enough to mean something.
    assert!(
        (MUTANTS / 50..MUTANTS / 2).contains(&sound),
        "{sound} of {MUTANTS} are sound"
    );
}

fn mutate(text: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut Random) {
    let at = random.below(text.len() + 1);
    let end = (at + random.below(40)).min(text.len());
    match random.below(6) {
        0 => drop(text.drain(at..end)),
        1 => text[at..end]
            .iter_mut()
            .take(1)
            .for_each(|byte| *byte ^= 1 << random.below(8)),
        2 => drop(text.splice(at..at, WORDS[random.below(WORDS.len())].bytes())),
        3 => {
            let copy = text[at..end].to_vec();
            text.splice(at..at, copy);
        }
        4 => drop(text.splice(at..end, WORDS[random.below(WORDS.len())].bytes())),
        _ => {
            let other = &seeds[random.below(seeds.len())];
            let from = random.below(other.len());
            let piece = &other[from..(from + random.below(80)).min(other.len())];
            text.splice(at..at, piece.iter().copied());
        }
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
