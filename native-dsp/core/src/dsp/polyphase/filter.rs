//! The filter of a pair of rates: how steep it is, its coefficients, and the one copy that all share.

use std::sync::{Arc, Mutex, Weak};

use crate::dsp::kaiser;

/// Samples that a row of a tile takes at a time.
pub(super) const LANES: usize = 8;
/// Outputs that are computed together where each has coefficients of its own.
pub(super) const TILE: usize = 4;

/// How steep the filter is, and so how long: half its length in samples of the slower rate is its delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// 24 samples: flat to 0.8 of the slower rate's band, aliases below -95 dB from 1.06.
    Low,
    /// 32 samples: flat to 0.84, aliases below -100 dB from 1.06.
    Medium,
    /// 48 samples: flat to 0.88, aliases below -105 dB from 1.06.
    High,
    /// 12 samples: flat to 0.72, aliases below -60 dB from 1.03. For splitting bands, where what the filter
    /// cuts away is put back.
    Crossover,
}

impl Quality {
    /// (half the length in samples of the slower rate, cutoff as a fraction of its band, Kaiser beta).
    fn design(self) -> (usize, f64, f64) {
        match self {
            Self::Low => (24, 0.925, 9.0),
            Self::Medium => (32, 0.9375, 10.0),
            Self::High => (48, 0.95, 11.0),
            Self::Crossover => (12, 0.875, 5.65),
        }
    }
}

/// Coefficients for a pair of rates: the same for every session, so there is one copy of each.
pub(super) struct Filter {
    design: (u32, u32, Quality),
    /// `phases` rows of `taps` coefficients, oldest sample first. Empty where there are tiles.
    pub coefficients: Vec<f32>,
    /// For ratios of two numbers above 1: the rows of [`TILE`] neighbouring outputs, moved so that all begin with
    /// the same sample, in the order of the outputs and of the memory accesses. They repeat.
    pub tiles: Vec<[[f32; LANES]; TILE]>,
    /// Elements of `tiles` that make one tile.
    pub tile_chunks: usize,
    pub phases: usize,
    pub taps: usize,
    /// Input samples (in units of 1/phases) from one output sample to the next.
    pub stride: usize,
    pub latency: u32,
}

impl Filter {
    /// How far the tiles read past the end of a frame.
    pub fn tiles_reach(&self) -> usize {
        self.tile_chunks * LANES
    }

    pub fn shared(from_hz: u32, to_hz: u32, quality: Quality) -> Arc<Self> {
        // Weak: rates that no session uses any more cost nothing.
        static CACHE: Mutex<Vec<Weak<Filter>>> = Mutex::new(Vec::new());
        let design = (from_hz, to_hz, quality);
        let mut cache = CACHE
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = cache.iter().filter_map(Weak::upgrade);
        if let Some(filter) = known.into_iter().find(|filter| filter.design == design) {
            return filter;
        }
        let filter = Arc::new(Self::new(from_hz, to_hz, quality));
        cache.retain(|filter| filter.strong_count() > 0);
        cache.push(Arc::downgrade(&filter));
        filter
    }

    fn new(from_hz: u32, to_hz: u32, quality: Quality) -> Self {
        let divisor = greatest_common_divisor(from_hz, to_hz);
        let phases = (to_hz / divisor) as usize;
        let stride = (from_hz / divisor) as usize;
        let (half_in_slower_samples, cutoff_fraction, beta) = quality.design();
        let slower = phases.max(stride);
        let (prototype, latency) = if phases == stride {
            (vec![1.0], 0)
        } else {
            let half = half_in_slower_samples * slower;
            // The group delay is a whole number of output samples, though half the length may not be.
            let latency = half.div_ceil(stride);
            let mut prototype = vec![0.0; latency * stride - half];
            let cutoff = 0.5 * cutoff_fraction / slower as f64;
            prototype.extend(kaiser::low_pass(half, cutoff, beta));
            (prototype, latency)
        };
        // Whole rounds of dealing.
        let granule = if phases == 1 { stride } else { 1 };
        let taps = prototype.len().div_ceil(phases).next_multiple_of(granule);
        let mut coefficients = vec![0.0; phases * taps];
        for (index, tap) in prototype.iter().enumerate() {
            let (phase, age) = (index % phases, index / phases);
            // Thinning in `phases` rows leaves each with 1/phases of the gain.
            coefficients[phase * taps + taps - 1 - age] = (tap * phases as f64) as f32;
        }
        let (mut tiles, mut tile_chunks) = (Vec::new(), 0);
        if phases > 1 && stride > 1 {
            (tiles, tile_chunks) = lay_tiles(&coefficients, phases, stride);
            coefficients = Vec::new();
        }
        Self {
            design: (from_hz, to_hz, quality),
            coefficients,
            tiles,
            tile_chunks,
            phases,
            taps,
            stride,
            latency: latency as u32,
        }
    }
}

fn lay_tiles(
    coefficients: &[f32],
    phases: usize,
    stride: usize,
) -> (Vec<[[f32; LANES]; TILE]>, usize) {
    let taps = coefficients.len() / phases;
    let first_sample = |output: usize| output * stride / phases;
    let chunks = (taps + first_sample(TILE - 1) + 1).div_ceil(LANES);
    // As many as it takes until an output of phase 0 begins a tile again.
    let count = phases / greatest_common_divisor(phases as u32, TILE as u32) as usize;
    let mut tiles = vec![[[0.0; LANES]; TILE]; count * chunks];
    for (index, tile) in tiles.chunks_exact_mut(chunks).enumerate() {
        #[expect(
            clippy::needless_range_loop,
            reason = "the row is the inner index of every chunk"
        )]
        for row in 0..TILE {
            let output = index * TILE + row;
            let shift = first_sample(output) - first_sample(index * TILE);
            let phase = output * stride % phases;
            let row_taps = &coefficients[phase * taps..(phase + 1) * taps];
            for (offset, coefficient) in row_taps.iter().enumerate() {
                let place = offset + shift;
                tile[place / LANES][row][place % LANES] = *coefficient;
            }
        }
    }
    (tiles, chunks)
}

pub(crate) fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
