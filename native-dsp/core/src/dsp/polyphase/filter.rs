//! The filter of a pair of rates: how steep it is, its coefficients, and the one copy that all share.

use std::sync::{Arc, Mutex, Weak};

use crate::dsp::dot::LANES;
use crate::dsp::kaiser;

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
    /// `phases` rows of `taps` coefficients, oldest sample first.
    pub coefficients: Vec<f32>,
    pub phases: usize,
    pub taps: usize,
    /// Input samples (in units of 1/phases) from one output sample to the next.
    pub stride: usize,
    pub latency: u32,
}

impl Filter {
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
        // A multiple of the stride, so that the group delay is a whole number of output samples.
        let slower = phases.max(stride);
        let (half, latency) = if phases == stride {
            (0, 0)
        } else {
            let latency = (half_in_slower_samples * slower).div_ceil(stride);
            (latency * stride, latency)
        };
        let prototype = if half == 0 {
            vec![1.0]
        } else {
            kaiser::low_pass(half, 0.5 * cutoff_fraction / slower as f64, beta)
        };
        // Whole rows for `dot`, or whole rounds of dealing.
        let granule = if phases == 1 { stride } else { LANES };
        let taps = prototype.len().div_ceil(phases).next_multiple_of(granule);
        let mut coefficients = vec![0.0; phases * taps];
        for (index, tap) in prototype.iter().enumerate() {
            let (phase, age) = (index % phases, index / phases);
            // Thinning in `phases` rows leaves each with 1/phases of the gain.
            coefficients[phase * taps + taps - 1 - age] = (tap * phases as f64) as f32;
        }
        Self {
            design: (from_hz, to_hz, quality),
            coefficients,
            phases,
            taps,
            stride,
            latency: latency as u32,
        }
    }
}

pub(super) fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
