//! Every node under libFuzzer; see the harness, which `cargo test` runs too.
#![no_main]

#[path = "../harness/nodes.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    harness::check(data);
});
