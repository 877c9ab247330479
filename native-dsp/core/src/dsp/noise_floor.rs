//! The level of the noise beneath speech: the lowest of the last two seconds.

/// Minima are kept for this many stretches; together two seconds.
const STRETCHES: usize = 8;
const STRETCH_MS: usize = 250;

/// Minimum statistics (Martin 2001): nobody speaks for two seconds without a pause.
#[derive(Debug)]
pub struct NoiseFloor {
    minima: [f32; STRETCHES],
    stretch_frames: usize,
    frames: usize,
}

impl NoiseFloor {
    /// A floor that has heard nothing, for levels of frames of `frame_ms`, 1 to 250 ms.
    pub fn new(frame_ms: usize) -> Self {
        Self {
            minima: [0.0; STRETCHES],
            stretch_frames: STRETCH_MS / frame_ms,
            frames: 0,
        }
    }

    /// Takes the level of the next frame, in dBFS.
    pub fn update(&mut self, level_dbfs: f32) {
        let stretch = (self.frames / self.stretch_frames) % STRETCHES;
        if self.frames.is_multiple_of(self.stretch_frames) {
            self.minima[stretch] = level_dbfs;
        }
        self.minima[stretch] = self.minima[stretch].min(level_dbfs);
        self.frames += 1;
    }

    /// Level of the noise; 0 dBFS before the first frame.
    pub fn dbfs(&self) -> f32 {
        self.minima.iter().fold(0.0, |a: f32, b| a.min(*b))
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self {
            minima: [0.0; STRETCHES],
            stretch_frames: self.stretch_frames,
            frames: 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_falls_at_once_and_rises_within_two_seconds() {
        let mut floor = NoiseFloor::new(10);
        floor.update(-30.0);
        assert_eq!(floor.dbfs(), -30.0);
        floor.update(-60.0);
        assert_eq!(floor.dbfs(), -60.0);
        for _ in 0..174 {
            floor.update(-40.0);
        }
        assert_eq!(floor.dbfs(), -60.0, "1.76 s");
        for _ in 0..26 {
            floor.update(-40.0);
        }
        assert_eq!(floor.dbfs(), -40.0, "2 s");
    }

    #[test]
    fn reset_forgets_the_quiet_past() {
        let mut floor = NoiseFloor::new(30);
        floor.update(-80.0);
        floor.reset();
        floor.update(-20.0);
        assert_eq!(floor.dbfs(), -20.0);
    }
}
