//! WebRTC's noise suppressor for one channel, at 16 kHz or, through a band split, at 48 kHz.
//!
//! The suppressor is `sonora-ns`, a Rust port of WebRTC's. At 48 kHz that family uses a three-band filter
//! bank whose Rust port calls a library function for every multiplication where the build does not assume
//! FMA: three times the cost of the suppressor itself. Hence [`BandSplit`].

use sonora_ns::config::{NsConfig, OVERLAP_SIZE, SuppressionLevel};
use sonora_ns::noise_suppressor::NoiseSuppressor;

use super::band_split::{BandSplit, LOW_FRAME};
use super::finite::finite;

/// The suppressor works on samples in the range of 16-bit integers.
const SCALE: f32 = 32_768.0;

/// Suppression of one channel.
pub struct WebRtcNoise {
    level: SuppressionLevel,
    suppressor: Box<NoiseSuppressor>,
    split: Option<Box<BandSplit>>,
}

impl WebRtcNoise {
    /// For `full_band` (48 kHz) or 16 kHz audio.
    pub fn new(level: SuppressionLevel, full_band: bool) -> Self {
        Self {
            level,
            suppressor: Box::new(suppressor(level)),
            split: full_band.then(|| Box::new(BandSplit::new(OVERLAP_SIZE))),
        }
    }

    /// Processes 10 ms.
    pub fn process(&mut self, input: &[f32], output: &mut [f32]) {
        let mut low = [0.0; LOW_FRAME];
        match &mut self.split {
            Some(split) => split.split(input, &mut low),
            None => low.copy_from_slice(input),
        }
        low.iter_mut()
            .for_each(|sample| *sample = finite(*sample) * SCALE);
        self.suppressor.analyze(&low);
        self.suppressor.process(&mut low);
        low.iter_mut().for_each(|sample| *sample /= SCALE);
        match &mut self.split {
            Some(split) => split.join(&mut low, self.suppressor.upper_band_gain(), output),
            None => output.copy_from_slice(&low),
        }
    }

    /// Delay in samples of its own rate: the suppressor's windows overlap by 6 ms.
    pub fn latency_samples(&self) -> u32 {
        let split = self.split.as_ref();
        split.map_or(OVERLAP_SIZE as u32, |split| split.latency_samples())
    }

    /// Forgets the noise it has learnt.
    pub fn reset(&mut self) {
        *self.suppressor = suppressor(self.level);
        if let Some(split) = &mut self.split {
            split.reset();
        }
    }
}

fn suppressor(target_level: SuppressionLevel) -> NoiseSuppressor {
    // Told of bands above the first, it also computes the gain for them.
    NoiseSuppressor::new_with_bands(NsConfig { target_level }, 3)
}
