//! How packets come, compared with the media they carry: lead, jitter and drift.

use std::collections::VecDeque;

use crate::time::MediaTime;

/// A longer pause on one of the two timelines alone is another beginning, not jitter.
const DISCONTINUITY_MS: f64 = 2_000.0;
/// Weight of a new packet in the jitter: RFC 3550 section 6.4.1.
const JITTER_GAIN: f64 = 1.0 / 16.0;

/// Compares packets with the one before and with the first.
#[derive(Debug, Default)]
pub struct PacketTiming {
    first: Option<Place>,
    last: Option<Place>,
    jitter_ms: f64,
}

/// A packet on both timelines.
#[derive(Clone, Copy, Debug)]
struct Place {
    media: MediaTime,
    arrival: MediaTime,
}

/// What one packet shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Packet {
    /// Media time less arrival time since the first packet, in ms: it falls when packets come later.
    pub lead_ms: f64,
    /// Media time since the packet before, in ms; 0 for the first.
    pub media_ms: f64,
    /// By how much it came later than that, in ms; negative: earlier.
    pub lateness_ms: f64,
}

impl PacketTiming {
    /// Takes a packet whose audio begins at `media` and which came at `arrival`.
    pub fn update(&mut self, media: MediaTime, arrival: MediaTime) -> Packet {
        let place = Place { media, arrival };
        let (mut media_ms, mut lateness_ms) = (0.0, 0.0);
        if let Some(last) = self.last {
            media_ms = (media - last.media).to_ms();
            lateness_ms = (arrival - last.arrival).to_ms() - media_ms;
            if lateness_ms.abs() > DISCONTINUITY_MS {
                self.first = None;
            } else {
                self.jitter_ms += (lateness_ms.abs() - self.jitter_ms) * JITTER_GAIN;
            }
        }
        self.last = Some(place);
        let first = *self.first.get_or_insert(place);
        Packet {
            lead_ms: ((media - first.media) - (arrival - first.arrival)).to_ms(),
            media_ms,
            lateness_ms,
        }
    }

    /// Interarrival jitter by RFC 3550, in ms.
    pub fn jitter_ms(&self) -> f64 {
        self.jitter_ms
    }

    /// The next packet is the first.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

/// Windows that make a trend.
const TREND_WINDOWS: usize = 10;
/// Fewer show none.
const LEAST_WINDOWS: usize = 5;

/// How fast the lead changes. Only the earliest packet of each window counts: the others waited in queues,
/// which says nothing of clocks. A jump of the lead is no drift, and is taken out.
#[derive(Debug)]
pub struct LeadTrend {
    window_s: f64,
    jump_ms: f64,
    /// Leads of the last windows, without jumps; the newest last.
    leads: VecDeque<f64>,
    /// Lead of the last window, how it differs from the one before, and what was taken out.
    last: Option<f64>,
    step_ms: f64,
    removed_ms: f64,
}

impl LeadTrend {
    /// For windows of `window_s` seconds, and jumps of more than `jump_ms` from one to the next.
    pub fn new(window_s: f64, jump_ms: f64) -> Self {
        Self {
            window_s,
            jump_ms,
            leads: VecDeque::with_capacity(TREND_WINDOWS),
            last: None,
            step_ms: 0.0,
            removed_ms: 0.0,
        }
    }

    /// Takes the highest lead of the next window; says whether it is a jump.
    pub fn update(&mut self, lead_ms: f64) -> bool {
        let step = self
            .last
            .replace(lead_ms)
            .map_or(0.0, |last| lead_ms - last);
        let is_jump = step.abs() > self.jump_ms;
        if is_jump {
            // The drift went on meanwhile, as it was.
            self.removed_ms += step - self.step_ms;
        } else {
            self.step_ms = step;
        }
        if self.leads.len() == TREND_WINDOWS {
            self.leads.pop_front();
        }
        self.leads.push_back(lead_ms - self.removed_ms);
        is_jump
    }

    /// Slope of the lead by least squares, in ms per second; 0 while too little is known.
    pub fn drift_ms_per_s(&self) -> f64 {
        let count = self.leads.len();
        if count < LEAST_WINDOWS {
            return 0.0;
        }
        let middle = (count - 1) as f64 / 2.0;
        let (mut above, mut below) = (0.0, 0.0);
        for (index, lead) in self.leads.iter().enumerate() {
            let x = index as f64 - middle;
            above += x * lead;
            below += x * x;
        }
        above / below / self.window_s
    }

    /// As new.
    pub fn reset(&mut self) {
        self.leads.clear();
        self.last = None;
        self.step_ms = 0.0;
        self.removed_ms = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signal::noise;

    fn ms(ms: f64) -> MediaTime {
        MediaTime((ms * 705_600.0) as i64)
    }

    #[test]
    fn a_packet_that_comes_late_loses_lead_and_the_next_on_time_regains_it() {
        let mut timing = PacketTiming::default();
        timing.update(ms(0.0), ms(1_000.0));
        let late = timing.update(ms(20.0), ms(1_050.0));
        assert_eq!((late.lead_ms, late.lateness_ms), (-30.0, 30.0));
        assert_eq!(timing.jitter_ms(), 30.0 / 16.0);
        let on_time = timing.update(ms(40.0), ms(1_040.0));
        assert_eq!((on_time.lead_ms, on_time.media_ms), (0.0, 20.0));
    }

    #[test]
    fn a_pause_of_one_timeline_is_a_new_beginning() {
        let mut timing = PacketTiming::default();
        timing.update(ms(0.0), ms(0.0));
        let after = timing.update(ms(20.0), ms(60_000.0));
        assert_eq!((after.lead_ms, timing.jitter_ms()), (0.0, 0.0));
    }

    #[test]
    fn drift_is_found_under_jitter_and_a_jump_is_not_drift() {
        let jitter = noise(1, 20.0, 500);
        for (drift, jump) in [(0.0, 0.0), (8.0, 0.0), (0.0, -300.0), (-6.0, 300.0)] {
            let mut trend = LeadTrend::new(1.0, 100.0);
            let mut jumps = 0;
            for window in 0..10 {
                let packets = (0..50).map(|packet| {
                    let delay = 20.0 + f64::from(jitter[window * 50 + packet]);
                    let t = window as f64 + packet as f64 / 50.0;
                    drift * t - delay + if window >= 5 { jump } else { 0.0 }
                });
                jumps += i32::from(trend.update(packets.fold(f64::MIN, f64::max)));
            }
            let found = trend.drift_ms_per_s();
            assert!(
                (found - drift).abs() < 0.5,
                "{found} for {drift} and {jump}"
            );
            assert_eq!(jumps, i32::from(jump != 0.0));
        }
    }
}
