//! Concealment for decoders that have none: the last pitch period goes on, fades away, and gives way to the
//! next packet. After ITU-T G.711 appendix I, without its delay: what was played is played.

use crate::codec::{AudioDecoder, DecodeError};
use crate::opus_packet;

/// Pitch periods searched, in samples at 48 kHz: 2.5 to 20 ms, that is 50 to 400 Hz. A higher tone is found
/// as a multiple of its period.
const MIN_PERIOD: usize = 120;
const MAX_PERIOD: usize = 960;

/// Stretch that must repeat itself for a period to be one: 20 ms.
const WINDOW: usize = 960;

/// Samples remembered.
const HISTORY: usize = MAX_PERIOD + WINDOW;

/// The coarse search looks at every so many-th sample.
const STRIDE: usize = 4;

/// Full level for 20 ms: what one lost packet takes. Then down to silence in 60 ms more, before the repeated
/// period can be heard as a buzz.
const HOLD: usize = 960;
const FADE: usize = 2880;

/// Samples over which a step at the beginning is spread: 2.5 ms.
const SEAM: usize = 120;

/// Samples over which the next good packet takes over: 5 ms.
const CROSS_FADE: usize = 240;

/// What a decoder can do that knows nothing of loss.
pub trait PlainDecoder: Send {
    /// Decodes a well-formed packet: see [`AudioDecoder::decode`].
    fn decode(&mut self, packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError>;

    /// Forgets the stream.
    fn reset(&mut self);
}

/// A plain decoder and what it lacks. It restores nothing from in-band FEC: it says so, and the session
/// conceals.
pub struct Concealing<D> {
    decoder: D,
    extrapolation: Extrapolation,
}

impl<D: PlainDecoder> Concealing<D> {
    /// Completes `decoder`, which gives 48 kHz mono.
    pub fn new(decoder: D) -> Self {
        Self {
            decoder,
            extrapolation: Extrapolation::default(),
        }
    }
}

impl<D: PlainDecoder> AudioDecoder for Concealing<D> {
    fn packet_samples(&self, packet: &[u8]) -> Option<usize> {
        opus_packet::packet_samples(packet)
    }

    fn fec_samples(&self, _packet: &[u8]) -> usize {
        0
    }

    fn decode(&mut self, packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError> {
        if !opus_packet::is_well_formed(packet) {
            return Err(DecodeError);
        }
        let samples = self.decoder.decode(packet, pcm)?;
        let heard = pcm.get_mut(..samples).ok_or(DecodeError)?;
        self.extrapolation.join(heard);
        Ok(samples)
    }

    fn decode_fec(&mut self, _next_packet: &[u8], _pcm: &mut [f32]) -> Result<usize, DecodeError> {
        Err(DecodeError)
    }

    fn conceal(&mut self, pcm: &mut [f32]) -> Result<usize, DecodeError> {
        self.extrapolation.extend(pcm);
        Ok(pcm.len())
    }

    fn reset(&mut self) {
        self.decoder.reset();
        self.extrapolation.reset();
    }
}

/// Goes on with what was heard last.
struct Extrapolation {
    /// The last samples played, oldest first.
    history: Box<[f32; HISTORY]>,
    /// One pitch period that joins its own beginning; the first `period` are valid.
    cycle: Box<[f32; MAX_PERIOD]>,
    period: usize,
    /// Step between what was heard and the cycle.
    step: f32,
    /// Samples extrapolated since the last good packet.
    position: usize,
}

impl Default for Extrapolation {
    fn default() -> Self {
        Self {
            history: Box::new([0.0; HISTORY]),
            cycle: Box::new([0.0; MAX_PERIOD]),
            period: MIN_PERIOD,
            step: 0.0,
            position: 0,
        }
    }
}

impl Extrapolation {
    fn reset(&mut self) {
        self.history.fill(0.0);
        self.position = 0;
    }

    /// Fills `pcm` with the continuation.
    fn extend(&mut self, pcm: &mut [f32]) {
        if self.position == 0 {
            self.begin();
        }
        for sample in pcm {
            *sample = self.next();
        }
    }

    /// Takes the next good packet; its beginning is blended with the continuation, if there was a gap.
    fn join(&mut self, pcm: &mut [f32]) {
        if self.position > 0 {
            let length = CROSS_FADE.min(pcm.len());
            for (n, sample) in pcm[..length].iter_mut().enumerate() {
                let weight = (n + 1) as f32 / (length + 1) as f32;
                *sample = weight * *sample + (1.0 - weight) * self.next();
            }
            self.position = 0;
        }
        self.remember(pcm);
    }

    fn remember(&mut self, pcm: &[f32]) {
        let new = &pcm[pcm.len().saturating_sub(HISTORY)..];
        self.history.copy_within(new.len().., 0);
        self.history[HISTORY - new.len()..].copy_from_slice(new);
    }

    /// Finds the period, and makes of its last occurrence a cycle without a step: its end fades into what
    /// stood before its beginning.
    fn begin(&mut self) {
        let period = self.find_period();
        let start = HISTORY - period;
        self.cycle[..period].copy_from_slice(&self.history[start..]);
        let blend = period / 4;
        for n in 0..blend {
            let weight = (n + 1) as f32 / (blend + 1) as f32;
            let end = &mut self.cycle[period - blend + n];
            *end += weight * (self.history[start - blend + n] - *end);
        }
        self.period = period;
        self.step = self.history[HISTORY - 1] - self.history[start - 1];
    }

    fn next(&mut self) -> f32 {
        let n = self.position;
        self.position += 1;
        if n >= HOLD + FADE {
            return 0.0;
        }
        let seam = self.step * (1.0 - n as f32 / SEAM as f32).max(0.0);
        let gain = 1.0 - n.saturating_sub(HOLD) as f32 / FADE as f32;
        gain * (self.cycle[n % self.period] + seam)
    }

    /// The lag at which the end of the history resembles itself most: every fourth sample first, then all
    /// around the best.
    fn find_period(&self) -> usize {
        let coarse = (MIN_PERIOD..=MAX_PERIOD).step_by(STRIDE);
        let best = self.most_similar(coarse, STRIDE);
        let first = best.saturating_sub(STRIDE).max(MIN_PERIOD);
        self.most_similar(first..=(best + STRIDE).min(MAX_PERIOD), 1)
    }

    fn most_similar(&self, lags: impl Iterator<Item = usize>, stride: usize) -> usize {
        let mut best = (f32::MIN, MAX_PERIOD);
        for lag in lags {
            let similarity = self.similarity(lag, stride);
            if similarity > best.0 {
                best = (similarity, lag);
            }
        }
        best.1
    }

    /// Normalised cross-correlation of the last window with the one `lag` earlier.
    fn similarity(&self, lag: usize, stride: usize) -> f32 {
        let end = &self.history[HISTORY - WINDOW..];
        let earlier = &self.history[HISTORY - WINDOW - lag..];
        let (mut product, mut energy) = (0.0, 1e-9);
        for (a, b) in end.iter().zip(earlier).step_by(stride) {
            product += a * b;
            energy += b * b;
        }
        product / energy.sqrt()
    }
}

#[cfg(test)]
#[path = "conceal_tests.rs"]
mod tests;
