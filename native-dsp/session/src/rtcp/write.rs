//! Writes a compound of one report and a source description.

use super::{RECEIVER_REPORT, ReportBlock, SENDER_REPORT, SOURCE_DESCRIPTION};
use crate::transmit::MAX_PACKET;

/// The name item of a source description.
const CNAME: u8 = 1;

/// What a sender says about itself (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct SenderInfo {
    pub ntp: u64,
    pub rtp_timestamp: u32,
    pub packets: u32,
    pub payload_bytes: u32,
}

/// Writes a sender report, or without `sender` a receiver report, and our name. Returns the length.
pub(crate) fn write_report(
    ssrc: u32,
    sender: Option<SenderInfo>,
    block: Option<ReportBlock>,
    cname: &str,
    packet: &mut [u8; MAX_PACKET],
) -> usize {
    let mut writer = Writer { packet, length: 0 };
    let kind = if sender.is_some() {
        SENDER_REPORT
    } else {
        RECEIVER_REPORT
    };
    let report = writer.begin(u8::from(block.is_some()), kind);
    writer.word(ssrc);
    if let Some(sender) = sender {
        writer.word((sender.ntp >> 32) as u32);
        writer.word(sender.ntp as u32);
        writer.word(sender.rtp_timestamp);
        writer.word(sender.packets);
        writer.word(sender.payload_bytes);
    }
    if let Some(block) = block {
        writer.word(block.ssrc);
        let lost = block.cumulative_lost as u32 & 0xff_ffff;
        writer.word(u32::from(block.fraction_lost) << 24 | lost);
        writer.word(block.highest_sequence);
        writer.word(block.jitter);
        writer.word(block.last_sender_report);
        writer.word(block.delay_since_last);
    }
    writer.end(report);

    let description = writer.begin(1, SOURCE_DESCRIPTION);
    writer.word(ssrc);
    let name = &cname.as_bytes()[..cname.len().min(255)];
    writer.bytes(&[CNAME, name.len() as u8]);
    writer.bytes(name);
    // The list of items ends with a zero and is padded to a word with more of them.
    writer.bytes(&[0; 4][..4 - writer.length % 4]);
    writer.end(description);
    writer.length
}

struct Writer<'a> {
    packet: &'a mut [u8; MAX_PACKET],
    length: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.packet[self.length..][..bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    fn word(&mut self, word: u32) {
        self.bytes(&word.to_be_bytes());
    }

    fn begin(&mut self, count: u8, kind: u8) -> usize {
        let start = self.length;
        self.bytes(&[2 << 6 | count, kind, 0, 0]);
        start
    }

    /// Fills in the length: in words, the header not counted.
    fn end(&mut self, start: usize) {
        let words = ((self.length - start) / 4 - 1) as u16;
        self.packet[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{RtcpItem, parse};
    use super::*;

    #[test]
    fn a_written_report_is_read_back_whatever_the_length_of_the_name() {
        let block = ReportBlock {
            ssrc: 5,
            fraction_lost: 12,
            cumulative_lost: -3,
            highest_sequence: 70_000,
            jitter: 99,
            last_sender_report: 1,
            delay_since_last: 2,
        };
        let sender = SenderInfo {
            ntp: 1 << 40,
            rtp_timestamp: 3,
            packets: 4,
            payload_bytes: 5,
        };
        for length in 0..300 {
            let mut packet = [0xaa; MAX_PACKET];
            let name = "n".repeat(length);
            let length = write_report(1, Some(sender), Some(block), &name, &mut packet);
            let mut items = Vec::new();
            parse(&packet[..length], |item| items.push(item)).unwrap();
            let ntp = 1 << 40;
            assert_eq!(
                items,
                [
                    RtcpItem::SenderReport { ssrc: 1, ntp },
                    RtcpItem::Report(block)
                ]
            );
        }
    }

    #[test]
    fn who_sends_nothing_writes_a_receiver_report() {
        let mut packet = [0; MAX_PACKET];
        let length = write_report(1, None, None, "x", &mut packet);
        assert_eq!((packet[1], parse(&packet[..length], |_| ())), (201, Ok(())));
    }
}
