//! Triangular filters on the mel scale, as speech recognisers use them.
//!
//! Scale and normalisation are those of Slaney's Auditory Toolbox (1998), which librosa calls `htk=False,
//! norm='slaney'` and Whisper's tables hold: linear below 1 kHz, logarithmic above, every filter of one area.

/// Hz per mel below [`BREAK_HZ`].
const HZ_PER_MEL: f64 = 200.0 / 3.0;
/// Where the scale becomes logarithmic.
const BREAK_HZ: f64 = 1_000.0;
const BREAK_MEL: f64 = BREAK_HZ / HZ_PER_MEL;
/// Steps per factor of 6.4 above that.
const STEPS: f64 = 27.0;

/// A bank of filters over the power spectrum of a Fourier transform.
pub struct MelFilters {
    /// For each filter: its first bin, and the weights from there on.
    filters: Vec<(usize, Vec<f64>)>,
}

impl MelFilters {
    /// `mels` filters from 0 Hz to half of `sample_rate`, for transforms of `fft_length` samples.
    pub fn new(mels: usize, sample_rate: u32, fft_length: usize) -> Self {
        let rate = f64::from(sample_rate);
        let highest = mel(rate / 2.0);
        let edge = |index: usize| hz(highest * index as f64 / (mels + 1) as f64);
        let bins = fft_length / 2 + 1;
        let filters = (0..mels).map(|index| {
            let [low, centre, high] = [index, index + 1, index + 2].map(edge);
            let area = (high - low) / 2.0;
            let weight = |bin: usize| {
                let hz = bin as f64 * rate / fft_length as f64;
                let (rise, fall) = ((hz - low) / (centre - low), (high - hz) / (high - centre));
                rise.min(fall).max(0.0) / area
            };
            let first = (0..bins).find(|&bin| weight(bin) > 0.0).unwrap_or(bins);
            let weights = (first..bins).map(weight).take_while(|weight| *weight > 0.0);
            (first, weights.collect())
        });
        Self {
            filters: filters.collect(),
        }
    }

    /// How many filters there are.
    pub fn len(&self) -> usize {
        self.filters.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// The weight of `bin` in filter `mel`.
    pub fn weight(&self, mel: usize, bin: usize) -> f64 {
        let (first, weights) = &self.filters[mel];
        let place = bin.checked_sub(*first);
        place
            .and_then(|place| weights.get(place))
            .copied()
            .unwrap_or(0.0)
    }

    /// What passes each filter of a power spectrum, lowest first.
    pub fn apply(&self, power: &[f64]) -> impl Iterator<Item = f64> {
        self.filters.iter().map(|(first, weights)| {
            let bins = power[*first..].iter().zip(weights);
            bins.map(|(power, weight)| power * weight).sum()
        })
    }
}

fn mel(hz: f64) -> f64 {
    if hz < BREAK_HZ {
        hz / HZ_PER_MEL
    } else {
        BREAK_MEL + STEPS * (hz / BREAK_HZ).ln() / 6.4f64.ln()
    }
}

fn hz(mel: f64) -> f64 {
    if mel < BREAK_MEL {
        mel * HZ_PER_MEL
    } else {
        BREAK_HZ * 6.4f64.powf((mel - BREAK_MEL) / STEPS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of "mels,mel,bin,weight": what librosa makes, but for zeros. From `tests/fixtures/make-log-mel.py`.
    const PUBLISHED: &str = include_str!("../../../../tests/fixtures/mel-filters.csv");

    #[test]
    fn the_filters_are_the_published_ones() {
        for mels in [80, 128] {
            let filters = MelFilters::new(mels, 16_000, 400);
            let mut published = vec![vec![0.0; 201]; mels];
            for line in PUBLISHED.lines().skip(1) {
                let fields: Vec<f64> = line
                    .split(',')
                    .map(|field| field.parse().unwrap())
                    .collect();
                if fields[0] as usize == mels {
                    published[fields[1] as usize][fields[2] as usize] = fields[3];
                }
            }
            let given = published.iter().flatten().filter(|weight| **weight > 0.0);
            assert!(given.count() > 300, "the fixture has the bank of {mels}");
            for (mel, bins) in published.iter().enumerate() {
                for (bin, weight) in bins.iter().enumerate() {
                    let ours = filters.weight(mel, bin);
                    assert!(
                        (ours - weight).abs() < 1e-8,
                        "{mels} {mel} {bin}: {ours}, {weight}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_scale_is_linear_and_then_logarithmic_and_its_inverse_leads_back() {
        assert!(mel(0.0) == 0.0 && (mel(1_000.0) - 15.0).abs() < 1e-12);
        assert!((mel(6_400.0) - 42.0).abs() < 1e-12);
        for place in [1.0, 999.0, 1_001.0, 7_999.0] {
            assert!((hz(mel(place)) - place).abs() < 1e-9);
        }
    }
}
