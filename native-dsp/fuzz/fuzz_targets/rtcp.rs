//! See the harness, which `cargo test` runs too.
#![no_main]

#[path = "../harness/session.rs"]
#[allow(dead_code, reason = "each target runs one of its functions")]
mod harness;

libfuzzer_sys::fuzz_target!(|data: &[u8]| harness::rtcp(data));
