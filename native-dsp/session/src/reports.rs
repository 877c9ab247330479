//! When reports are due, and what goes into them.

use crate::config::SessionConfig;
use crate::rtcp::{Feedback, Reception, ReportBlock, SenderInfo, WallClock, write_report};
use crate::sender::Sender;
use crate::time::Micros;
use crate::transmit::{TransmitKind, TransmitQueue};

/// Time from the first packet to the first report: half the interval (RFC 3550 section 6.2).
const FIRST: Micros = Micros::from_ms(500);

/// Time between reports. The RFC randomises it against storms in large groups; here are two peers, and
/// a session repeats exactly.
const INTERVAL: Micros = Micros::from_ms(1000);

/// The reporting of one session.
pub(crate) struct Reports {
    clock: WallClock,
    due: Option<Micros>,
    feedback: Feedback,
}

impl Reports {
    pub fn new(config: &SessionConfig) -> Self {
        Self {
            clock: WallClock {
                unix_micros_at_zero: config.unix_micros_at_zero,
            },
            due: None,
            feedback: Feedback::default(),
        }
    }

    /// Media flows: reports begin.
    pub fn start(&mut self, now: Micros) {
        self.due.get_or_insert(now + FIRST);
    }

    pub fn due(&self) -> Option<Micros> {
        self.due
    }

    pub fn is_due(&self, now: Micros) -> bool {
        self.due.is_some_and(|due| now >= due)
    }

    /// Queues one compound. A caller that comes late gets one report, not several.
    pub fn send(
        &mut self,
        now: Micros,
        sender: Option<&Sender>,
        reception: Option<&mut Reception>,
        config: &SessionConfig,
        queue: &mut TransmitQueue,
    ) {
        self.due = Some(now + INTERVAL);
        let info = sender.and_then(|sender| sender.report(now)).map(
            |(packets, payload_bytes, rtp_timestamp)| SenderInfo {
                ntp: self.clock.ntp(now),
                rtp_timestamp,
                packets,
                payload_bytes,
            },
        );
        let block = reception
            .filter(|reception| reception.has_news())
            .map(|reception| reception.report(now));
        queue.push(TransmitKind::Rtcp, None, |packet| {
            Some(write_report(
                config.send_ssrc,
                info,
                block,
                &config.cname,
                packet,
            ))
        });
    }

    /// Takes what the peer says about our stream; see [`Feedback::report`].
    pub fn feedback(&mut self, block: &ReportBlock, now: Micros) -> Option<u8> {
        self.feedback.report(block, self.clock, now)
    }

    pub fn round_trip_ms(&self) -> Option<f64> {
        self.feedback.round_trip_ms
    }

    pub fn remote_fraction_lost(&self) -> f64 {
        self.feedback.fraction_lost
    }
}
