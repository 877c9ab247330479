//! The network as a state machine: one window in, one probability out.

use super::kernel::linear;
use super::spectrum::{BINS, FRAMES, Spectrum};
use super::weights::Weights;

/// Samples at 16 kHz that each call of [`SileroNetwork::probability`] takes.
pub const WINDOW_SAMPLES: usize = 512;
/// Samples of the window before that the network sees again.
const CONTEXT_SAMPLES: usize = 64;
/// The model mirrors this many samples at the right edge.
const PADDING_SAMPLES: usize = 64;
const HIDDEN: usize = 128;

/// One stream's detector: 30 kB of state and scratch memory; the weights are shared.
pub struct SileroNetwork {
    weights: Weights,
    spectrum: Spectrum,
    /// Context, window and mirrored edge.
    samples: [f32; CONTEXT_SAMPLES + WINDOW_SAMPLES + PADDING_SAMPLES],
    hidden: [f32; HIDDEN],
    cell: [f32; HIDDEN],
    scratch: Box<Scratch>,
}

/// Activations between the layers, kept to be reused. `columns` are a layer's unrolled taps.
struct Scratch {
    magnitudes: [[f32; FRAMES]; BINS],
    columns0: [[f32; 4]; 3 * BINS],
    encoded0: [[f32; 4]; 128],
    columns1: [[f32; 2]; 3 * 128],
    encoded1: [[f32; 2]; 64],
    columns2: [[f32; 1]; 2 * 64],
    encoded2: [[f32; 1]; 64],
    encoded3: [[f32; 1]; HIDDEN],
    recurrent: [[f32; 1]; 2 * HIDDEN],
    gates: [[f32; 1]; 4 * HIDDEN],
}

impl Default for SileroNetwork {
    fn default() -> Self {
        Self::new()
    }
}

impl SileroNetwork {
    /// A detector that has heard nothing yet.
    pub fn new() -> Self {
        let weights = Weights::new();
        Self {
            weights,
            spectrum: Spectrum::new(weights.window),
            samples: [0.0; 640],
            hidden: [0.0; HIDDEN],
            cell: [0.0; HIDDEN],
            scratch: Box::new(Scratch {
                magnitudes: [[0.0; FRAMES]; BINS],
                columns0: [[0.0; 4]; 3 * BINS],
                encoded0: [[0.0; 4]; 128],
                columns1: [[0.0; 2]; 3 * 128],
                encoded1: [[0.0; 2]; 64],
                columns2: [[0.0; 1]; 2 * 64],
                encoded2: [[0.0; 1]; 64],
                encoded3: [[0.0; 1]; HIDDEN],
                recurrent: [[0.0; 1]; 2 * HIDDEN],
                gates: [[0.0; 1]; 4 * HIDDEN],
            }),
        }
    }

    /// Forgets the stream.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.hidden.fill(0.0);
        self.cell.fill(0.0);
    }

    /// Speech probability, 0 to 1, of the next 512 samples at 16 kHz; they must be finite.
    pub fn probability(&mut self, window: &[f32; WINDOW_SAMPLES]) -> f32 {
        self.load(window);
        let scratch = &mut *self.scratch;
        self.spectrum
            .magnitudes(&self.samples, &mut scratch.magnitudes);
        encode(&self.weights, scratch);
        self.recur();
        let products = self
            .weights
            .output
            .iter()
            .zip(&self.hidden)
            .map(|(weight, hidden)| weight * hidden.max(0.0));
        sigmoid(self.weights.output_bias + products.sum::<f32>())
    }

    fn load(&mut self, window: &[f32; WINDOW_SAMPLES]) {
        let end = CONTEXT_SAMPLES + WINDOW_SAMPLES;
        self.samples.copy_within(WINDOW_SAMPLES..end, 0);
        self.samples[CONTEXT_SAMPLES..end].copy_from_slice(window);
        // Reflection does not repeat the edge itself.
        for n in 0..PADDING_SAMPLES {
            self.samples[end + n] = self.samples[end - 2 - n];
        }
    }

    /// The LSTM cell: `scratch.encoded3` in, `hidden` out.
    fn recur(&mut self) {
        let scratch = &mut *self.scratch;
        scratch.recurrent[..HIDDEN].copy_from_slice(&scratch.encoded3);
        for (column, hidden) in scratch.recurrent[HIDDEN..].iter_mut().zip(&self.hidden) {
            column[0] = *hidden;
        }
        linear(self.weights.lstm, &scratch.recurrent, &mut scratch.gates);
        for n in 0..HIDDEN {
            let gate = |index: usize| scratch.gates[index * HIDDEN + n][0];
            let [input, forget, candidate, output] = [gate(0), gate(1), gate(2), gate(3)];
            self.cell[n] =
                sigmoid(forget) * self.cell[n] + sigmoid(input) * hyperbolic_tangent(candidate);
            self.hidden[n] = sigmoid(output) * hyperbolic_tangent(self.cell[n]);
        }
    }
}

/// Four convolutions of three taps with ReLU: strides 1, 2, 2, 1; lengths 4, 4, 2, 1, 1.
fn encode(weights: &Weights, scratch: &mut Scratch) {
    unroll(&scratch.magnitudes, &mut scratch.columns0, 1, 0);
    linear(weights.encoder[0], &scratch.columns0, &mut scratch.encoded0);
    rectify(&mut scratch.encoded0);
    unroll(&scratch.encoded0, &mut scratch.columns1, 2, 0);
    linear(weights.encoder[1], &scratch.columns1, &mut scratch.encoded1);
    rectify(&mut scratch.encoded1);
    // From here one output is left, and the taps that would meet only padding are left out.
    unroll(&scratch.encoded1, &mut scratch.columns2, 2, 1);
    linear(weights.encoder[2], &scratch.columns2, &mut scratch.encoded2);
    rectify(&mut scratch.encoded2);
    linear(weights.encoder[3], &scratch.encoded2, &mut scratch.encoded3);
    rectify(&mut scratch.encoded3);
}

/// Lays out, tap after tap from `first_tap`, what a convolution with a padding of one sees.
fn unroll<const I: usize, const O: usize>(
    input: &[[f32; I]],
    columns: &mut [[f32; O]],
    stride: usize,
    first_tap: usize,
) {
    for (tap, columns) in columns.chunks_exact_mut(input.len()).enumerate() {
        for (column, values) in columns.iter_mut().zip(input) {
            for (t, value) in column.iter_mut().enumerate() {
                let padded = t * stride + tap + first_tap;
                *value = match padded.checked_sub(1) {
                    Some(index) if index < I => values[index],
                    _ => 0.0,
                };
            }
        }
    }
}

fn rectify<const T: usize>(values: &mut [[f32; T]]) {
    for value in values.as_flattened_mut() {
        *value = value.max(0.0);
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn hyperbolic_tangent(x: f32) -> f32 {
    x.tanh()
}
