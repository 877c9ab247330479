//! One signal among others in a slice, and how two of them are dealt into complex numbers and back.

use rustfft::num_complex::Complex32;

use crate::dsp::finite::finite;

/// How several channels lie in one slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// All samples of the first channel, then all of the next.
    Planar,
    /// The first sample of every channel, then the next of every channel.
    Interleaved,
}

/// Where the samples of one channel are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Lane {
    first: usize,
    step: usize,
    samples: usize,
}

impl Lane {
    pub fn of(layout: Layout, channel: usize, channels: usize, samples: usize) -> Self {
        let (first, step) = match layout {
            Layout::Planar => (channel * samples, 1),
            Layout::Interleaved => (channel, channels),
        };
        Self {
            first,
            step,
            samples,
        }
    }

    /// Whether these are the left and the right of interleaved stereo.
    fn is_stereo(pair: [Self; 2]) -> bool {
        let [left, right] = pair;
        (left.first, right.first, left.step, right.step) == (0, 1, 2, 2)
    }
}

/// Fills the real parts from the first lane and the imaginary ones from the second, each from its own position
/// on, with silence where there is nothing.
pub(super) fn load(lanes: [Lane; 2], positions: [isize; 2], from: &[f32], block: &mut [Complex32]) {
    if Lane::is_stereo(lanes) && positions[0] == positions[1] {
        let (inside, start) = overlap(block.len(), positions[0], lanes[0].samples);
        clear_outside(block, &inside, |value| *value = Complex32::default());
        let pairs = from[2 * start..].chunks_exact(2);
        for (value, pair) in block[inside].iter_mut().zip(pairs) {
            *value = Complex32::new(finite(pair[0]), finite(pair[1]));
        }
        return;
    }
    let [a, b] = lanes;
    fill(a, positions[0], from, block, |value, sample| {
        value.re = sample
    });
    fill(b, positions[1], from, block, |value, sample| {
        value.im = sample
    });
}

#[inline(always)]
fn fill(
    lane: Lane,
    position: isize,
    from: &[f32],
    block: &mut [Complex32],
    set: impl Fn(&mut Complex32, f32),
) {
    let (inside, start) = overlap(block.len(), position, lane.samples);
    clear_outside(block, &inside, |value| set(value, 0.0));
    if inside.is_empty() {
        return;
    }
    let samples = &from[lane.first + start * lane.step..];
    let slots = block[inside].iter_mut();
    // The case without gaps by itself: it is vectorised.
    if lane.step == 1 {
        slots
            .zip(samples)
            .for_each(|(slot, sample)| set(slot, finite(*sample)));
    } else {
        let samples = samples.iter().step_by(lane.step);
        slots
            .zip(samples)
            .for_each(|(slot, sample)| set(slot, finite(*sample)));
    }
}

fn clear_outside(
    block: &mut [Complex32],
    inside: &std::ops::Range<usize>,
    clear: impl Fn(&mut Complex32),
) {
    block[..inside.start].iter_mut().for_each(&clear);
    block[inside.end..].iter_mut().for_each(&clear);
}

/// The part of a block at `position` that lies within a signal, and where in the signal that part begins.
fn overlap(block: usize, position: isize, samples: usize) -> (std::ops::Range<usize>, usize) {
    let begin = (-position).clamp(0, block as isize) as usize;
    let end = (samples as isize - position).clamp(begin as isize, block as isize) as usize;
    let start = (position + begin as isize).clamp(0, samples as isize);
    (begin..end, start as usize)
}

/// The reverse: what was kept of a block goes to where it belongs, as far as the signals go on.
pub(super) fn store(lanes: [Lane; 2], starts: [usize; 2], block: &[Complex32], to: &mut [f32]) {
    if Lane::is_stereo(lanes) && starts[0] == starts[1] {
        for (pair, value) in to[2 * starts[0]..].chunks_exact_mut(2).zip(block) {
            pair[0] = value.re;
            pair[1] = value.im;
        }
        return;
    }
    let [a, b] = lanes;
    spill(a, starts[0], block, to, |value| value.re);
    spill(b, starts[1], block, to, |value| value.im);
}

#[inline(always)]
fn spill(
    lane: Lane,
    start: usize,
    block: &[Complex32],
    to: &mut [f32],
    get: impl Fn(&Complex32) -> f32,
) {
    let count = (lane.samples - start).min(block.len());
    let slots = to[lane.first + start * lane.step..]
        .iter_mut()
        .step_by(lane.step);
    for (slot, value) in slots.zip(&block[..count]) {
        *slot = get(value);
    }
}
