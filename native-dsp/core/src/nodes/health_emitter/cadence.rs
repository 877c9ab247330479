//! How regularly packets come.

use crate::dsp::packet_timing::Packet;

/// Windows that are judged together: a second.
const WINDOWS: usize = 10;
/// Fewer packets have no cadence: in silence, browsers may send only two or three a second.
const LEAST_PACKETS: u32 = 10;

/// Mean deviation of the arrivals from the media within the last second, as a share of the length of a packet. Not
/// the root mean square: a single late packet would decide it for a second.
#[derive(Debug, Default)]
pub(super) struct Cadence {
    ring: [Sums; WINDOWS],
    windows: usize,
    current: Sums,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    packets: u32,
    media_ms: f64,
    stray_ms: f64,
}

impl Cadence {
    pub fn take(&mut self, packet: &Packet) {
        // The first has nothing to compare with.
        if packet.media_ms > 0.0 {
            self.current.packets += 1;
            self.current.media_ms += packet.media_ms;
            self.current.stray_ms += packet.lateness_ms.abs();
        }
    }

    /// The measure; `None` while too few packets have come.
    pub fn end_window(&mut self) -> Option<f64> {
        self.ring[self.windows % WINDOWS] = std::mem::take(&mut self.current);
        self.windows += 1;
        let sum = |part: fn(&Sums) -> f64| self.ring.iter().map(part).sum::<f64>();
        let packets = sum(|it| f64::from(it.packets));
        let media_ms = sum(|it| it.media_ms);
        (packets >= f64::from(LEAST_PACKETS)).then(|| sum(|it| it.stray_ms) / media_ms)
    }

    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measure_is_relative_to_the_length_of_a_packet() {
        for media_ms in [10.0, 20.0, 40.0] {
            let mut cadence = Cadence::default();
            let mut last = None;
            for packet in 0..200 {
                let lateness_ms = if packet % 2 == 0 { 0.5 } else { -0.5 } * media_ms;
                cadence.take(&Packet {
                    lead_ms: 0.0,
                    media_ms,
                    lateness_ms,
                });
                if packet % 10 == 9 {
                    last = cadence.end_window();
                }
            }
            assert_eq!(last, Some(0.5));
        }
    }

    #[test]
    fn a_few_packets_have_no_cadence() {
        let mut cadence = Cadence::default();
        for _ in 0..9 {
            cadence.take(&Packet {
                lead_ms: 0.0,
                media_ms: 400.0,
                lateness_ms: 300.0,
            });
        }
        assert_eq!(cadence.end_window(), None);
    }
}
