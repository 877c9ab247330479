//! Admission: which incoming packets are ours, new and sound. Every refusal is counted by reason.

use crate::config::SessionConfig;
use crate::red::{RedPacket, RedundantBlock};
use crate::reorder::MAX_PAYLOAD;
use crate::rtcp::Reception;
use crate::rtp_header::RtpHeader;
use crate::sequence::{Extended, SequenceNumbers};
use crate::stats::SessionStats;
use crate::time::Micros;

/// Packets of a stream that was replaced are refused until it has been silent for this long: they may
/// still be on their way, or two streams may claim to be the one.
const FORMER_STREAM: Micros = Micros::from_ms(1000);

/// A packet that may be played.
pub(crate) struct Admitted<'a> {
    /// Whether its numbering continues the former packets'.
    pub continuity: Continuity,
    /// Its sequence number, extended.
    pub sequence: i64,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// Its Opus packet; empty where it carries no audio that we could use.
    pub audio: &'a [u8],
    /// Copies of its predecessors.
    red: Option<RedPacket<'a>>,
}

/// How a packet's numbering relates to that of the packets before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuity {
    /// It continues.
    Continues,
    /// The same stream counts anew.
    Renumbered,
    /// Another stream begins.
    NewStream,
}

impl<'a> Admitted<'a> {
    /// The copies that it carries, each with the number and timestamp of its original. A RED packet
    /// repeats the payloads that were sent directly before it.
    pub fn copies(&self) -> impl Iterator<Item = (i64, u32, &RedundantBlock<'a>)> {
        let blocks = self.red.as_ref().map_or(&[][..], RedPacket::redundant);
        let count = blocks.len() as i64;
        (-count..).zip(blocks).map(|(distance, block)| {
            let timestamp = self
                .timestamp
                .wrapping_sub(u32::from(block.timestamp_offset));
            (self.sequence + distance, timestamp, block)
        })
    }
}

/// The admission of one session.
#[derive(Default)]
pub(crate) struct Intake {
    numbers: SequenceNumbers,
    reception: Option<Reception>,
    former: Option<(u32, Micros)>,
    /// Packets lost of numberings that have ended.
    lost_before: i64,
}

impl Intake {
    /// Judges a packet that is authentic but else may hold anything.
    pub fn admit<'a>(
        &mut self,
        now: Micros,
        packet: &'a [u8],
        config: &SessionConfig,
        stats: &mut SessionStats,
    ) -> Option<Admitted<'a>> {
        let refused = &mut stats.packets_refused;
        if !config.receive {
            refused.not_receiving += 1;
            return None;
        }
        let Some((header, payload)) =
            RtpHeader::parse(packet).filter(|(_, payload)| payload.len() <= MAX_PAYLOAD)
        else {
            refused.malformed += 1;
            return None;
        };
        let is_opus = header.payload_type == config.payload_type_opus;
        let is_red = Some(header.payload_type) == config.payload_type_red;
        let current = self.reception.as_ref().map(Reception::ssrc);
        let is_new_stream = current != Some(header.ssrc);
        // Another stream must begin with audio. On the current one, other payloads (telephone events)
        // still use up sequence numbers, and are not to be mistaken for lost audio.
        if !is_opus && !is_red {
            refused.payload_type += 1;
            if is_new_stream {
                return None;
            }
        }
        if is_new_stream {
            if let Some((former, until)) = &mut self.former
                && *former == header.ssrc
                && now < *until
            {
                *until = now + FORMER_STREAM;
                refused.ssrc += 1;
                return None;
            }
            self.former = current.map(|ssrc| (ssrc, now + FORMER_STREAM));
            self.numbers = SequenceNumbers::default();
        }
        let (sequence, is_renumbered) = match self.numbers.extend(header.sequence) {
            Extended::New(sequence) => (sequence, false),
            Extended::Restart(sequence) => (sequence, true),
            Extended::Duplicate => {
                stats.packets_duplicate += 1;
                self.reception.as_mut()?.duplicate();
                return None;
            }
            Extended::Implausible => {
                refused.sequence += 1;
                return None;
            }
        };
        let continuity = match (is_new_stream, is_renumbered) {
            (true, _) => Continuity::NewStream,
            (_, true) => Continuity::Renumbered,
            _ => Continuity::Continues,
        };
        if continuity != Continuity::Continues {
            self.lost_before = self.packets_lost();
            self.reception = Some(Reception::new(header.ssrc, sequence));
            stats.restarts += u64::from(current.is_some());
        }
        self.reception
            .as_mut()?
            .packet(sequence, header.timestamp, now);
        stats.packets_received += 1;
        stats.bytes_received += payload.len() as u64;

        let red = is_red.then(|| RedPacket::parse(payload)).flatten();
        let audio = match &red {
            Some(red) if red.payload_type == config.payload_type_opus => red.payload,
            None if is_opus => payload,
            _ if is_red => {
                refused.red += 1;
                &[]
            }
            _ => &[],
        };
        refused.empty += u64::from(is_opus && audio.is_empty());
        Some(Admitted {
            continuity,
            sequence,
            timestamp: header.timestamp,
            audio,
            red,
        })
    }

    /// Reception of the current stream.
    pub fn reception(&mut self) -> Option<&mut Reception> {
        self.reception.as_mut()
    }

    /// Interarrival jitter of the current stream.
    pub fn jitter(&self) -> Micros {
        self.reception.as_ref().map_or(Micros(0), Reception::jitter)
    }

    /// Packets expected and not received, of all streams so far.
    pub fn packets_lost(&self) -> i64 {
        self.lost_before + self.reception.as_ref().map_or(0, Reception::lost)
    }
}
