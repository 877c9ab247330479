//! As much of the RTP and RTCP headers as SRTP needs, with every length checked.

/// What SRTP must know of an RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RtpHeader {
    /// Octets before the payload: fixed part, contributing sources and extension (RFC 3550, section 5.1).
    pub length: usize,
    pub sequence: u16,
    pub ssrc: u32,
}

/// Octets of the part of RTCP that stays readable: the first header and the sender's SSRC.
pub(super) const RTCP_HEADER_LEN: usize = 8;

impl RtpHeader {
    /// The header of `packet`, or nothing where it is not version 2 or ends too early.
    pub fn parse(packet: &[u8]) -> Option<Self> {
        let fixed: &[u8; 12] = packet.first_chunk()?;
        if fixed[0] >> 6 != 2 {
            return None;
        }
        let mut length = 12 + 4 * usize::from(fixed[0] & 0x0f);
        if fixed[0] & 0x10 != 0 {
            let extension: &[u8; 4] = packet.get(length..)?.first_chunk()?;
            length += 4 + 4 * usize::from(u16::from_be_bytes([extension[2], extension[3]]));
        }
        (length <= packet.len()).then(|| Self {
            length,
            sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
            ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
        })
    }
}

/// The sender's SSRC of a compound RTCP packet.
pub(super) fn rtcp_ssrc(packet: &[u8]) -> Option<u32> {
    let header: &[u8; RTCP_HEADER_LEN] = packet.first_chunk()?;
    (header[0] >> 6 == 2).then(|| u32::from_be_bytes([header[4], header[5], header[6], header[7]]))
}

/// Octets of hexadecimal text, spaces ignored.
#[cfg(test)]
pub(super) fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|c| c.to_digit(16))
        .map(|d| d as u8)
        .collect();
    digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contributing_sources_and_extension_count_as_header() {
        let mut packet = from_hex("92 6f 0102 00000000 0a0b0c0d 11111111 22222222 bede0002");
        assert_eq!(
            RtpHeader::parse(&packet),
            None,
            "the extension's words are missing"
        );
        packet.extend([0; 8]);
        let header = RtpHeader::parse(&packet).unwrap();
        assert_eq!(
            (header.length, header.sequence, header.ssrc),
            (32, 0x0102, 0x0a0b_0c0d)
        );
    }

    #[test]
    fn every_truncation_of_a_header_is_refused() {
        let packet = from_hex("91 6f 0102 00000000 0a0b0c0d 11111111 bede0001 00000000");
        for length in 0..packet.len() {
            assert_eq!(RtpHeader::parse(&packet[..length]), None, "{length} octets");
        }
        assert!(RtpHeader::parse(&packet).is_some());
    }
}
