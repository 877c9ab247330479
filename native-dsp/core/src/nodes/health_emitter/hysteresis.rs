//! An alert that does not flicker.

/// Raised after so many bad windows in a row, cleared after so many good ones.
#[derive(Debug)]
pub(super) struct Hysteresis {
    raise_after: u32,
    clear_after: u32,
    /// Windows in a row that speak against the present state.
    against: u32,
    is_raised: bool,
}

impl Hysteresis {
    pub fn new(raise_after: u32, clear_after: u32) -> Self {
        Self {
            raise_after,
            clear_after,
            against: 0,
            is_raised: false,
        }
    }

    /// Takes the next window.
    pub fn update(&mut self, is_bad: bool) {
        if is_bad == self.is_raised {
            self.against = 0;
            return;
        }
        self.against += 1;
        let enough = if is_bad {
            self.raise_after
        } else {
            self.clear_after
        };
        if self.against >= enough {
            self.is_raised = is_bad;
            self.against = 0;
        }
    }

    /// Raises it without waiting.
    pub fn raise(&mut self) {
        (self.is_raised, self.against) = (true, 0);
    }

    pub fn is_raised(&self) -> bool {
        self.is_raised
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_bad_windows_raise_and_ten_good_ones_clear_it() {
        let mut alert = Hysteresis::new(5, 10);
        let mut run = |is_bad, windows| {
            (0..windows).for_each(|_| alert.update(is_bad));
            alert.is_raised()
        };
        assert!(!run(true, 4));
        assert!(!run(false, 1) && !run(true, 4), "it must be in a row");
        assert!(run(true, 1));
        assert!(run(false, 9));
        assert!(run(true, 1) && run(false, 9));
        assert!(!run(false, 1));
    }
}
