//! See the harness, which `cargo test` runs too.
#![no_main]

#[path = "../harness/srtp.rs"]
#[allow(dead_code, reason = "the tests look at the tally")]
mod harness;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    harness::srtp(data);
});
