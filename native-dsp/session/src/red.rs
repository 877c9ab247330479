//! Redundant audio (RFC 2198): one packet that also carries copies of earlier ones.

/// Most redundant blocks looked at in one packet; browsers send 1, and accept at most 32.
pub const MAX_REDUNDANT_BLOCKS: usize = 9;

/// One copy of an earlier packet's payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RedundantBlock<'a> {
    /// What it is.
    pub payload_type: u8,
    /// How long before this packet's timestamp it began, in samples.
    pub timestamp_offset: u16,
    /// The copy.
    pub payload: &'a [u8],
}

/// A redundant packet taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedPacket<'a> {
    /// Payload type of the primary block.
    pub payload_type: u8,
    /// The packet's own audio.
    pub payload: &'a [u8],
    blocks: [RedundantBlock<'a>; MAX_REDUNDANT_BLOCKS],
    count: usize,
}

impl<'a> RedPacket<'a> {
    /// Splits a RED payload; `None` where headers or lengths point outside of it.
    pub fn parse(packet: &'a [u8]) -> Option<Self> {
        let mut blocks = [RedundantBlock::default(); MAX_REDUNDANT_BLOCKS];
        let mut lengths = [0; MAX_REDUNDANT_BLOCKS];
        let mut count = 0;
        let mut headers = packet;
        // A set first bit says that another header follows; the last header is one byte long.
        while headers.first()? & 0x80 != 0 {
            let header: &[u8; 4] = headers.first_chunk()?;
            let bits = u32::from_be_bytes(*header);
            *lengths.get_mut(count)? = (bits & 0x3ff) as usize;
            blocks[count].timestamp_offset = (bits >> 10 & 0x3fff) as u16;
            blocks[count].payload_type = (bits >> 24 & 0x7f) as u8;
            count += 1;
            headers = &headers[4..];
        }
        let payload_type = headers[0] & 0x7f;
        let mut payload = &headers[1..];
        for (block, length) in blocks.iter_mut().zip(lengths).take(count) {
            (block.payload, payload) = payload.split_at_checked(length)?;
        }
        Some(Self {
            payload_type,
            payload,
            blocks,
            count,
        })
    }

    /// The redundant blocks, oldest first as in the packet.
    pub fn redundant(&self) -> &[RedundantBlock<'a>] {
        &self.blocks[..self.count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_with_two_copies_splits_into_three() {
        let header =
            |offset: u32, length: u32| (1 << 31 | 111 << 24 | offset << 10 | length).to_be_bytes();
        let packet = [
            &header(1920, 3)[..],
            &header(960, 2),
            &[111],
            b"abc",
            b"de",
            b"primary",
        ]
        .concat();
        let red = RedPacket::parse(&packet).unwrap();
        assert_eq!((red.payload_type, red.payload), (111, &b"primary"[..]));
        let copies: Vec<_> = red
            .redundant()
            .iter()
            .map(|b| (b.timestamp_offset, b.payload))
            .collect();
        assert_eq!(copies, [(1920, &b"abc"[..]), (960, &b"de"[..])]);
    }

    #[test]
    fn a_packet_without_copies_is_its_primary_block() {
        let red = RedPacket::parse(&[111, 1, 2]).unwrap();
        assert_eq!((red.payload, red.redundant().len()), (&[1, 2][..], 0));
    }

    #[test]
    fn headers_and_lengths_that_point_outside_are_refused() {
        assert_eq!(RedPacket::parse(&[]), None);
        assert_eq!(RedPacket::parse(&[0x80 | 111, 0, 0]), None, "cut header");
        assert_eq!(
            RedPacket::parse(&[0x80 | 111, 0, 0, 1]),
            None,
            "no last header"
        );
        assert_eq!(
            RedPacket::parse(&[0x80 | 111, 0, 0, 2, 111, 9]),
            None,
            "cut block"
        );
        assert_eq!(RedPacket::parse(&[0xff; 400]), None, "headers without end");
    }
}
