//! What goes to a peer: RTP and RTCP protected in place.

use super::cipher::Cipher;
use super::header::{RtpHeader, rtcp_ssrc};
use super::keys::MasterKeys;
use super::{MAX_OVERHEAD, MAX_STREAMS, Refusal};

/// SRTCP indices have 31 bits (RFC 3711, section 3.4).
const MAX_RTCP_INDEX: u32 = (1 << 31) - 1;

/// Own keys, and where each stream stands.
pub struct Outbound {
    rtp: Cipher,
    rtcp: Cipher,
    /// SSRC and the index of its newest packet.
    streams: [(u32, u64); MAX_STREAMS],
    count: usize,
    /// One counter for all SSRCs: an index must never be used twice for a stream.
    rtcp_index: u32,
}

impl Outbound {
    /// A context for this side's master keys.
    pub fn new(master: &MasterKeys<'_>) -> Self {
        Self {
            rtp: Cipher::for_rtp(master),
            rtcp: Cipher::for_rtcp(master),
            streams: [(0, 0); MAX_STREAMS],
            count: 0,
            rtcp_index: 0,
        }
    }

    /// Protects the RTP packet `buffer[..length]` and returns its new length. The buffer needs
    /// [`MAX_OVERHEAD`] octets of room. A sequence number that does not advance is refused as replayed:
    /// sealing two packets under one index would give the key away (RFC 7714, section 10.1).
    pub fn protect_rtp(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, Refusal> {
        if length + MAX_OVERHEAD > buffer.len() {
            return Err(Refusal::Malformed);
        }
        let header = RtpHeader::parse(&buffer[..length]).ok_or(Refusal::Malformed)?;
        let index = self.next_index(header.ssrc, header.sequence)?;
        Ok(self
            .rtp
            .seal_rtp(buffer, length, header.length, header.ssrc, index))
    }

    /// Protects the RTCP packet `buffer[..length]` as [`Outbound::protect_rtp`] does.
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], length: usize) -> Result<usize, Refusal> {
        if length + MAX_OVERHEAD > buffer.len() {
            return Err(Refusal::Malformed);
        }
        let ssrc = rtcp_ssrc(&buffer[..length]).ok_or(Refusal::Malformed)?;
        if self.rtcp_index == MAX_RTCP_INDEX {
            return Err(Refusal::KeyExhausted);
        }
        self.rtcp_index += 1;
        Ok(self.rtcp.seal_rtcp(buffer, length, ssrc, self.rtcp_index))
    }

    fn next_index(&mut self, ssrc: u32, sequence: u16) -> Result<u64, Refusal> {
        let streams = &mut self.streams[..self.count];
        if let Some((_, newest)) = streams.iter_mut().find(|(known, _)| *known == ssrc) {
            let step = sequence.wrapping_sub(*newest as u16);
            if step == 0 || step >= 1 << 15 {
                return Err(Refusal::Replayed);
            }
            let index = *newest + u64::from(step);
            if index >= 1 << 48 {
                return Err(Refusal::KeyExhausted);
            }
            *newest = index;
            return Ok(index);
        }
        let free = self
            .streams
            .get_mut(self.count)
            .ok_or(Refusal::TooManyStreams)?;
        *free = (ssrc, u64::from(sequence));
        self.count += 1;
        Ok(u64::from(sequence))
    }
}
