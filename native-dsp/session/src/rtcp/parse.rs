//! Reads a compound RTCP packet from hostile bytes.

use super::{GOODBYE, RECEIVER_REPORT, SENDER_REPORT};

/// A compound whose headers or lengths point outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What a receiver says about one stream (RFC 3550 section 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportBlock {
    /// The stream that is reported on.
    pub ssrc: u32,
    /// Share of packets lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost in all: 24 bits, negative where duplicates outnumber losses.
    pub cumulative_lost: i32,
    /// Highest sequence number with its wraps.
    pub highest_sequence: u32,
    /// Interarrival jitter in RTP clock units.
    pub jitter: u32,
    /// Middle bits of the last sender report's NTP time, or 0.
    pub last_sender_report: u32,
    /// Time since that report, in 1/65536 s.
    pub delay_since_last: u32,
}

/// One thing said in a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RtcpItem {
    /// A sender tells its clock.
    SenderReport {
        /// Who.
        ssrc: u32,
        /// Its wall clock, 32.32 fixed point.
        ntp: u64,
    },
    /// A receiver tells what it got.
    Report(ReportBlock),
    /// A stream ends.
    Goodbye {
        /// Which.
        ssrc: u32,
    },
}

/// Hands every item to `visit`, in order; unknown packet types are skipped. Items in front of a
/// malformed part have been visited when the error is returned.
pub fn parse(mut compound: &[u8], mut visit: impl FnMut(RtcpItem)) -> Result<(), Malformed> {
    if compound.is_empty() {
        return Err(Malformed);
    }
    while !compound.is_empty() {
        let header: &[u8; 4] = compound.first_chunk().ok_or(Malformed)?;
        if header[0] >> 6 != 2 {
            return Err(Malformed);
        }
        let words = usize::from(u16::from_be_bytes([header[2], header[3]]));
        let body = compound.get(4..4 + words * 4).ok_or(Malformed)?;
        let count = usize::from(header[0] & 0x1f);
        match header[1] {
            SENDER_REPORT => {
                let sender = body.get(..24).ok_or(Malformed)?;
                visit(RtcpItem::SenderReport {
                    ssrc: word(sender, 0),
                    ntp: u64::from(word(sender, 1)) << 32 | u64::from(word(sender, 2)),
                });
                report_blocks(&body[24..], count, &mut visit)?;
            }
            RECEIVER_REPORT => {
                report_blocks(body.get(4..).ok_or(Malformed)?, count, &mut visit)?;
            }
            GOODBYE => {
                let sources = body.get(..count * 4).ok_or(Malformed)?;
                for n in 0..count {
                    visit(RtcpItem::Goodbye {
                        ssrc: word(sources, n),
                    });
                }
            }
            _ => {}
        }
        compound = &compound[4 + words * 4..];
    }
    Ok(())
}

fn report_blocks(
    body: &[u8],
    count: usize,
    visit: &mut impl FnMut(RtcpItem),
) -> Result<(), Malformed> {
    let blocks = body.get(..count * 24).ok_or(Malformed)?;
    for block in blocks.chunks_exact(24) {
        let lost = word(block, 1);
        visit(RtcpItem::Report(ReportBlock {
            ssrc: word(block, 0),
            fraction_lost: (lost >> 24) as u8,
            // Sign-extends the low 24 bits.
            cumulative_lost: (lost << 8) as i32 >> 8,
            highest_sequence: word(block, 2),
            jitter: word(block, 3),
            last_sender_report: word(block, 4),
            delay_since_last: word(block, 5),
        }));
    }
    Ok(())
}

/// The `n`th 32-bit word; the caller has checked the length.
fn word(bytes: &[u8], n: usize) -> u32 {
    u32::from_be_bytes([
        bytes[n * 4],
        bytes[n * 4 + 1],
        bytes[n * 4 + 2],
        bytes[n * 4 + 3],
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(compound: &[u8]) -> (Vec<RtcpItem>, Result<(), Malformed>) {
        let mut items = Vec::new();
        let result = parse(compound, |item| items.push(item));
        (items, result)
    }

    #[test]
    fn unknown_packets_in_a_compound_are_skipped_and_a_goodbye_after_them_is_heard() {
        let compound = [
            &[0x80, 201, 0, 1, 0, 0, 0, 9][..], // empty receiver report
            &[0x8f, 206, 0, 2, 0, 0, 0, 9, 1, 2, 3, 4], // payload-specific feedback
            &[0x81, 203, 0, 1, 0, 0, 0, 7],     // goodbye
        ]
        .concat();
        assert_eq!(
            items(&compound),
            (vec![RtcpItem::Goodbye { ssrc: 7 }], Ok(()))
        );
    }

    #[test]
    fn a_negative_cumulative_loss_keeps_its_sign() {
        let mut compound = vec![
            0x81, 201, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 128, 0xff, 0xff, 0xfe,
        ];
        compound.extend([0; 16]);
        let (items, result) = items(&compound);
        assert_eq!(result, Ok(()));
        let RtcpItem::Report(block) = items[0] else {
            panic!("{items:?}")
        };
        assert_eq!(
            (block.ssrc, block.fraction_lost, block.cumulative_lost),
            (5, 128, -2)
        );
    }

    #[test]
    fn lengths_and_counts_that_point_outside_are_malformed() {
        for bad in [
            &[][..],
            &[0x80, 201, 0],
            &[0x40, 201, 0, 0],
            &[0x80, 201, 0, 1],
            &[0x80, 201, 0, 0],
            &[0x81, 201, 0, 1, 0, 0, 0, 9],
            &[0x80, 200, 0, 1, 0, 0, 0, 9],
            &[0x82, 203, 0, 1, 0, 0, 0, 9],
        ] {
            assert_eq!(items(bad).1, Err(Malformed), "{bad:?}");
        }
    }
}
