//! What `Node` promises in its documentation, for every setting of every node.

use remotemedia_core::dsp::dot::{LANES, dot};
use remotemedia_core::format::Format;
use remotemedia_core::spec::Role;

use crate::drive::Driver;
use crate::signals::Signal;
use crate::{promising_and_template, variants};

/// Calls `check` with every node in every setting at 48 kHz, and with its defaults at 16 kHz.
fn for_each(check: impl Fn(&str, &dyn Fn() -> Driver)) {
    for spec in promising_and_template() {
        for variant in variants::of(spec) {
            let rates = if variant.is_default() {
                &[48_000, 16_000][..]
            } else {
                &[48_000]
            };
            for offered in rates.iter().copied().map(Format::mono) {
                let Some(built) = variant.build(offered) else {
                    continue;
                };
                let formats = [built.input, built.output];
                assert!(
                    formats.iter().all(|format| format.is_supported()),
                    "{}",
                    variant.name
                );
                let name = format!("{}, offered {offered}", variant.name);
                check(&name, &|| {
                    Driver::new(spec, variant.build(offered).unwrap())
                });
            }
        }
    }
}

#[test]
fn output_is_finite_and_nothing_is_allocated_whatever_comes_in() {
    for_each(|name, make| {
        for signal in Signal::ALL {
            let mut driver = make();
            if driver.keeps_audio() {
                // It may take memory while it keeps more than ever before, but not twice for the same.
                driver.run(signal);
                driver.reset();
            }
            let record = driver.run(signal);
            let garbage = record.audio.iter().position(|sample| !sample.is_finite());
            assert_eq!(
                garbage, None,
                "{name}: {signal:?} gives a sample that is not finite"
            );
            assert_eq!(record.allocations, 0, "{name}: {signal:?} allocates");
        }
    });
}

#[test]
fn a_node_recovers_from_garbage() {
    for_each(|name, make| {
        let mut driver = make();
        driver.run(Signal::Garbage);
        driver.run(Signal::Silence);
        let record = driver.run(Signal::Speech);
        let expected = make().run(Signal::Speech);
        let (energy, wanted) = (energy(&record.audio), energy(&expected.audio));
        // A gain control may have learnt from the garbage; a filter that holds NaN is silent for ever.
        assert!(
            energy >= 0.001 * wanted,
            "{name}: {energy} of {wanted} left after garbage"
        );
    });
}

#[test]
fn reset_leaves_a_node_as_new_and_the_same_input_gives_the_same_output() {
    for_each(|name, make| {
        let mut fresh = make();
        let (wanted, wanted_end) = (fresh.run(Signal::Speech), fresh.end());
        for history in [Signal::Speech, Signal::Noise, Signal::Garbage] {
            let mut used = make();
            used.run(history);
            used.end();
            used.reset();
            let (record, end) = (used.run(Signal::Speech), used.end());
            assert_eq!(record.events, wanted.events, "{name} after {history:?}");
            assert_eq!(end, wanted_end, "{name} after {history:?}");
            assert!(
                record.bits() == wanted.bits(),
                "{name} sounds different after {history:?} and reset"
            );
        }
    });
}

#[test]
fn the_promised_latency_is_the_latency() {
    for_each(|name, make| {
        // A node that adapts shows its delay in speech; one that turns the phase of low notes, in noise.
        let measured = [Signal::Speech, Signal::Noise].map(|signal| measure(&mut make(), signal));
        let node = make().built;
        let promised = node.node.latency_samples() as usize;
        let tolerance = (node.output.sample_rate / 10_000) as usize;
        let is_right =
            |lag: &Option<usize>| lag.is_none_or(|lag| lag.abs_diff(promised) <= tolerance);
        assert!(
            measured.iter().any(is_right),
            "{name}: promises {promised} samples of {}, has {measured:?}",
            node.output
        );
    });
}

/// The lag of the first channel behind the signal, in samples of the output; `None` where nothing came out.
fn measure(driver: &mut Driver, signal: Signal) -> Option<usize> {
    let format = driver.built.output;
    let length = format.frame_samples();
    let frames = driver.run(signal).audio;
    let frames = frames.chunks(length * usize::from(format.channels));
    let output: Vec<f32> = frames.flat_map(|frame| &frame[..length]).copied().collect();
    if energy(&output) == 0.0 {
        return None;
    }
    let reference: Vec<f32> = (0..output.len() as i64)
        .map(|n| signal.at(n, format.sample_rate))
        .collect();
    Some(delay(
        &reference,
        &output,
        driver.built.node.latency_samples() as usize + length,
    ))
}

#[test]
fn a_node_gives_audio_exactly_where_its_role_says_so() {
    for_each(|name, make| {
        let mut driver = make();
        let gives_audio = !driver.run(Signal::Silence).audio.is_empty();
        let role = promising_and_template()
            .find(|spec| name.starts_with(spec.node_type))
            .unwrap()
            .role;
        assert_eq!(gives_audio, role == Role::Transform, "{name}");
        assert!(
            gives_audio || driver.built.node.latency_samples() == 0,
            "{name}: delays nothing"
        );
    });
}

fn energy(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum()
}

/// The lag, up to `most`, at which the output is most like the reference.
fn delay(reference: &[f32], output: &[f32], most: usize) -> usize {
    let likeness = |lag: usize| -> f64 {
        let length = (output.len() - lag) / LANES * LANES;
        // Single precision holds for as long as a piece.
        let pieces = output[lag..lag + length].chunks(256 * LANES);
        let pairs = pieces.zip(reference[..length].chunks(256 * LANES));
        pairs.map(|(a, b)| f64::from(dot(a, b))).sum()
    };
    let lags = (0..=most).map(|lag| (likeness(lag), lag));
    let best = lags.max_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or(0, |(_, lag)| lag)
}
