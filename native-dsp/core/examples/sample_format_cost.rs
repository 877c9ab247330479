//! Prints what conversions between sample formats cost for a million samples, as JSON lines:
//! `{"name": "f32 to i16", "us": 210.0}`. The median of many runs.

use std::time::Instant;

use remotemedia_core::dsp::sample_format::{Sample, convert};

const SAMPLES: usize = 1_000_000;
const RUNS: usize = 101;

fn main() {
    let float: Vec<f32> = (0..SAMPLES).map(|n| (n as f32 * 0.1).sin()).collect();
    let short: Vec<i16> = float.iter().map(|sample| sample.convert()).collect();
    let wide: Vec<i32> = float.iter().map(|sample| sample.convert()).collect();
    measure::<f32, i16>("f32 to i16", &float);
    measure::<f32, i32>("f32 to i32", &float);
    measure::<f32, f32>("f32 to f32", &float);
    measure::<i16, f32>("i16 to f32", &short);
    measure::<i16, i32>("i16 to i32", &short);
    measure::<i16, i16>("i16 to i16", &short);
    measure::<i32, f32>("i32 to f32", &wide);
    measure::<i32, i16>("i32 to i16", &wide);
    measure::<i32, i32>("i32 to i32", &wide);
}

fn measure<From: Sample<To>, To: Clone + Default>(name: &str, from: &[From]) {
    let mut to = vec![To::default(); from.len()];
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            convert(std::hint::black_box(from), &mut to);
            std::hint::black_box(&to);
            started.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{{\"name\": \"{name}\", \"us\": {:.1}}}", times[RUNS / 2]);
}
