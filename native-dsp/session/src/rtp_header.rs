//! The RTP header (RFC 3550 section 5.1): read from hostile bytes, written for our own packets.

/// Length of a header without CSRCs and extension, in bytes.
pub const HEADER_LENGTH: usize = 12;

const VERSION: u8 = 2;

/// The fields of an RTP header that a session uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtpHeader {
    /// First packet of a talkspurt (RFC 3551 section 4.1).
    pub marker: bool,
    /// What the payload is, 0 to 127.
    pub payload_type: u8,
    /// Counts packets, wraps.
    pub sequence: u16,
    /// Counts samples, wraps.
    pub timestamp: u32,
    /// The stream.
    pub ssrc: u32,
}

impl RtpHeader {
    /// Splits a packet into header and payload: CSRCs, extension and padding are skipped. `None` where
    /// the packet is not well-formed RTP.
    pub fn parse(packet: &[u8]) -> Option<(Self, &[u8])> {
        let fixed: &[u8; HEADER_LENGTH] = packet.first_chunk()?;
        if fixed[0] >> 6 != VERSION {
            return None;
        }
        let mut payload = packet[HEADER_LENGTH..].get(usize::from(fixed[0] & 0x0f) * 4..)?;
        if fixed[0] & 0x10 != 0 {
            let words = u16::from_be_bytes(*payload.get(2..4)?.first_chunk()?);
            payload = payload.get(4 + usize::from(words) * 4..)?;
        }
        if fixed[0] & 0x20 != 0 {
            let padding = usize::from(*payload.last()?);
            if padding == 0 {
                return None;
            }
            payload = payload.get(..payload.len().checked_sub(padding)?)?;
        }
        let header = Self {
            marker: fixed[1] & 0x80 != 0,
            payload_type: fixed[1] & 0x7f,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
        };
        Some((header, payload))
    }

    /// The header as bytes, without CSRCs, extension or padding.
    pub fn to_bytes(self) -> [u8; HEADER_LENGTH] {
        let mut bytes = [0; HEADER_LENGTH];
        bytes[0] = VERSION << 6;
        bytes[1] = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        bytes[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: RtpHeader = RtpHeader {
        marker: true,
        payload_type: 111,
        sequence: 65_535,
        timestamp: u32::MAX,
        ssrc: 0x0102_0304,
    };

    fn packet(first_byte: u8, rest: &[u8]) -> Vec<u8> {
        let mut packet = HEADER.to_bytes().to_vec();
        packet[0] |= first_byte;
        packet.extend_from_slice(rest);
        packet
    }

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(
            RtpHeader::parse(&packet(0, b"audio")),
            Some((HEADER, &b"audio"[..]))
        );
    }

    #[test]
    fn csrcs_extension_and_padding_are_no_payload() {
        let rest = [
            &[1, 1, 1, 1, 2, 2, 2, 2][..],             // two CSRCs
            &[0xbe, 0xde, 0, 1, 0x10, 0x7f, 0, 0][..], // one word of extension
            b"audio",
            &[0, 0, 3],
        ]
        .concat();
        let payload = RtpHeader::parse(&packet(0x32, &rest)).unwrap().1.to_vec();
        assert_eq!(payload, b"audio");
    }

    #[test]
    fn lengths_that_point_outside_are_refused() {
        assert_eq!(RtpHeader::parse(&[]), None);
        assert_eq!(RtpHeader::parse(&packet(0, &[])[..11]), None);
        assert_eq!(RtpHeader::parse(&packet(0x01, &[0; 3])), None, "CSRC");
        assert_eq!(
            RtpHeader::parse(&packet(0x10, &[0; 3])),
            None,
            "extension header"
        );
        assert_eq!(
            RtpHeader::parse(&packet(0x10, &[0, 0, 0, 1])),
            None,
            "extension"
        );
        assert_eq!(
            RtpHeader::parse(&packet(0x20, &[])),
            None,
            "no padding length"
        );
        assert_eq!(
            RtpHeader::parse(&packet(0x20, &[0, 0])),
            None,
            "padding of 0"
        );
        assert_eq!(
            RtpHeader::parse(&packet(0x20, &[0, 3])),
            None,
            "padding of 3 in 2"
        );
        assert_eq!(RtpHeader::parse(&[0x40; 20]), None, "version 1");
    }
}
