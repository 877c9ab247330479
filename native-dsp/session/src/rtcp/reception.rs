//! What we tell a sender about its stream (RFC 3550 section 6.4.1, appendices A.3 and A.8).

use super::{ReportBlock, WallClock};
use crate::time::Micros;

/// Reception of one stream since its first packet.
#[derive(Debug)]
pub(crate) struct Reception {
    ssrc: u32,
    first: i64,
    newest: i64,
    received: i64,
    expected_before: i64,
    received_before: i64,
    /// Interarrival jitter in samples.
    jitter: f64,
    /// The newest packet's timestamp and arrival in samples.
    previous: Option<(u32, i64)>,
    /// Middle bits of the newest sender report's NTP time, and when it came.
    sender_report: Option<(u32, Micros)>,
}

impl Reception {
    pub fn new(ssrc: u32, first: i64) -> Self {
        Self {
            ssrc,
            first,
            newest: first - 1,
            received: 0,
            expected_before: 0,
            received_before: 0,
            jitter: 0.0,
            previous: None,
            sender_report: None,
        }
    }

    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Notes a packet that is new, if late. The RFC counts duplicates as received as well.
    pub fn packet(&mut self, sequence: i64, timestamp: u32, now: Micros) {
        self.received += 1;
        self.newest = self.newest.max(sequence);
        let arrival = (now.0 as i128 * 48 / 1000) as i64;
        if let Some((previous_timestamp, previous_arrival)) = self.previous {
            let sent = i64::from(timestamp.wrapping_sub(previous_timestamp) as i32);
            let difference = (arrival - previous_arrival - sent).abs() as f64;
            self.jitter += (difference - self.jitter) / 16.0;
        }
        self.previous = Some((timestamp, arrival));
    }

    /// Notes a packet that was seen before.
    pub fn duplicate(&mut self) {
        self.received += 1;
    }

    pub fn sender_report(&mut self, ntp: u64, now: Micros) {
        self.sender_report = Some(((ntp >> 16) as u32, now));
    }

    pub fn jitter(&self) -> Micros {
        Micros((self.jitter * 1000.0 / 48.0) as u64)
    }

    /// Packets expected and not received; negative where duplicates outnumber losses.
    pub fn lost(&self) -> i64 {
        self.newest - self.first + 1 - self.received
    }

    /// Whether a packet came since the last report.
    pub fn has_news(&self) -> bool {
        self.received != self.received_before
    }

    /// The block to send now; the fraction counts from the one before.
    pub fn report(&mut self, now: Micros) -> ReportBlock {
        let expected = self.newest - self.first + 1;
        let expected_since = expected - self.expected_before;
        let lost_since = expected_since - (self.received - self.received_before);
        self.expected_before = expected;
        self.received_before = self.received;
        let fraction = match expected_since {
            1.. => (lost_since.max(0) * 256 / expected_since).min(255),
            _ => 0,
        };
        let (last_sender_report, delay_since_last) = match self.sender_report {
            Some((middle, at)) => (middle, WallClock::units((now - at).0)),
            None => (0, 0),
        };
        ReportBlock {
            ssrc: self.ssrc,
            fraction_lost: fraction as u8,
            cumulative_lost: self.lost().clamp(-0x80_0000, 0x7f_ffff) as i32,
            highest_sequence: self.newest as u32,
            jitter: self.jitter as u32,
            last_sender_report,
            delay_since_last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_packet_in_four_lost_is_a_fraction_of_64() {
        for first in [0, 32_767, 65_535] {
            let mut reception = Reception::new(7, first);
            for n in (0..100).filter(|n| n % 4 != 2) {
                let now = Micros::from_ms(n * 20);
                reception.packet(first + n as i64, n as u32 * 960, now);
            }
            let report = reception.report(Micros::from_ms(2000));
            assert_eq!(report.fraction_lost, 64);
            assert_eq!(report.cumulative_lost, 25);
            assert_eq!(report.highest_sequence, (first + 99) as u32);
            assert_eq!(report.jitter, 0);
            let next = reception.report(Micros::from_ms(3000));
            assert_eq!((next.fraction_lost, next.cumulative_lost), (0, 25));
        }
    }

    #[test]
    fn jitter_settles_at_the_mean_deviation_of_arrivals() {
        let mut reception = Reception::new(7, 0);
        for n in 0..500_u64 {
            let late = if n % 2 == 0 { 0 } else { 5 };
            reception.packet(n as i64, n as u32 * 960, Micros::from_ms(n * 20 + late));
        }
        assert!((reception.jitter().to_ms() - 5.0).abs() < 0.1);
    }

    #[test]
    fn the_newest_sender_report_is_echoed_with_its_age() {
        let mut reception = Reception::new(7, 0);
        reception.packet(0, 0, Micros(0));
        reception.sender_report(0x1111_2222_3333_4444, Micros::from_ms(100));
        let report = reception.report(Micros::from_ms(600));
        assert_eq!(report.last_sender_report, 0x2222_3333);
        assert_eq!(report.delay_since_last, 65_536 / 2);
    }
}
