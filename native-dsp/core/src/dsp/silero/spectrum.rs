//! Magnitude spectra of the four overlapping frames of a window, computed side by side.

/// Bins of a 256-point real transform.
pub const BINS: usize = 129;
/// Frames of 256 samples, 128 apart, in 640 samples.
pub const FRAMES: usize = 4;
const FRAME_SAMPLES: usize = 256;
const HOP_SAMPLES: usize = 128;
/// A real transform of 256 points is a complex one of half the length and a final pass.
const POINTS: usize = FRAME_SAMPLES / 2;

/// One value of each frame: four lanes, one register.
type Lanes = [f32; FRAMES];

/// The transform with its tables and scratch memory.
pub struct Spectrum {
    window: &'static [f32],
    /// cos and -sin of 2 pi n / 256, for n below 128.
    twiddles: [(f32, f32); POINTS],
    real: [Lanes; POINTS],
    imaginary: [Lanes; POINTS],
}

impl Spectrum {
    /// A transform with this analysis window of 256 values.
    pub fn new(window: &'static [f32]) -> Self {
        let twiddles = std::array::from_fn(|n| {
            let phase = std::f64::consts::TAU * n as f64 / FRAME_SAMPLES as f64;
            (phase.cos() as f32, -phase.sin() as f32)
        });
        Self {
            window,
            twiddles,
            real: [[0.0; FRAMES]; POINTS],
            imaginary: [[0.0; FRAMES]; POINTS],
        }
    }

    /// Magnitudes by bin and frame.
    pub fn magnitudes(&mut self, samples: &[f32; 640], magnitudes: &mut [Lanes; BINS]) {
        self.load(samples);
        self.transform();
        self.unpack(magnitudes);
    }

    /// Even samples become real parts, odd ones imaginary parts, in bit-reversed order.
    fn load(&mut self, samples: &[f32; 640]) {
        for point in 0..POINTS {
            let place = point.reverse_bits() >> (usize::BITS - POINTS.ilog2());
            let (even, odd) = (2 * point, 2 * point + 1);
            for frame in 0..FRAMES {
                let start = frame * HOP_SAMPLES;
                self.real[place][frame] = samples[start + even] * self.window[even];
                self.imaginary[place][frame] = samples[start + odd] * self.window[odd];
            }
        }
    }

    /// Complex radix-2 transform in place, decimation in time.
    fn transform(&mut self) {
        let mut half = 1;
        while half < POINTS {
            // The table has 256 steps to the circle.
            let stride = POINTS / half;
            for group in (0..POINTS).step_by(2 * half) {
                for k in 0..half {
                    let (cosine, sine) = self.twiddles[k * stride];
                    let (low, high) = (group + k, group + k + half);
                    for lane in 0..FRAMES {
                        let (a, b) = (self.real[high][lane], self.imaginary[high][lane]);
                        let (real, imaginary) = (a * cosine - b * sine, a * sine + b * cosine);
                        let (c, d) = (self.real[low][lane], self.imaginary[low][lane]);
                        self.real[low][lane] = c + real;
                        self.imaginary[low][lane] = d + imaginary;
                        self.real[high][lane] = c - real;
                        self.imaginary[high][lane] = d - imaginary;
                    }
                }
            }
            half *= 2;
        }
    }

    /// Separates the spectra of the even and odd samples and joins them into that of the whole frame.
    fn unpack(&self, magnitudes: &mut [Lanes; BINS]) {
        for (bin, magnitude) in magnitudes.iter_mut().enumerate() {
            let (this, mirror) = (bin % POINTS, (POINTS - bin) % POINTS);
            let (cosine, sine) = match self.twiddles.get(bin) {
                Some(&twiddle) => twiddle,
                None => (-1.0, 0.0),
            };
            for (lane, magnitude) in magnitude.iter_mut().enumerate() {
                let (a, b) = (self.real[this][lane], self.imaginary[this][lane]);
                let (c, d) = (self.real[mirror][lane], self.imaginary[mirror][lane]);
                let (even_real, even_imaginary) = (0.5 * (a + c), 0.5 * (b - d));
                let (odd_real, odd_imaginary) = (0.5 * (b + d), 0.5 * (c - a));
                let real = even_real + odd_real * cosine - odd_imaginary * sine;
                let imaginary = even_imaginary + odd_real * sine + odd_imaginary * cosine;
                *magnitude = (real * real + imaginary * imaginary).sqrt();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_definition_of_the_transform() {
        let window: Vec<f32> = (0..256).map(|n| 0.5 + n as f32 / 512.0).collect();
        let window: &'static [f32] = window.leak();
        let samples: [f32; 640] =
            std::array::from_fn(|n| ((n * n * 7 % 101) as f32 / 50.0 - 1.0) * 0.7);
        let mut magnitudes = [[0.0; FRAMES]; BINS];
        Spectrum::new(window).magnitudes(&samples, &mut magnitudes);
        for (bin, lanes) in magnitudes.iter().enumerate() {
            for (frame, magnitude) in lanes.iter().enumerate() {
                let (mut real, mut imaginary) = (0.0f64, 0.0f64);
                for n in 0..256 {
                    let phase = std::f64::consts::TAU * (bin * n) as f64 / 256.0;
                    let sample = f64::from(samples[frame * 128 + n] * window[n]);
                    real += sample * phase.cos();
                    imaginary -= sample * phase.sin();
                }
                let expected = real.hypot(imaginary);
                assert!(
                    (f64::from(*magnitude) - expected).abs() < 2e-5,
                    "bin {bin}, frame {frame}: {magnitude} is not {expected}"
                );
            }
        }
    }
}
