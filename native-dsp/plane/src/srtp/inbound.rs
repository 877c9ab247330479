//! What a peer sends: SRTP and SRTCP opened in place.

use super::cipher::Cipher;
use super::header::{RtpHeader, rtcp_ssrc};
use super::keys::MasterKeys;
use super::replay::ReplayWindow;
use super::{MAX_STREAMS, Refusal};

/// The keys of a peer and the replay windows of its authenticated streams.
pub struct Inbound {
    rtp: Cipher,
    rtcp: Cipher,
    rtp_streams: Streams,
    rtcp_streams: Streams,
}

impl Inbound {
    /// A context for the peer's master keys.
    pub fn new(master: &MasterKeys<'_>) -> Self {
        Self {
            rtp: Cipher::for_rtp(master),
            rtcp: Cipher::for_rtcp(master),
            rtp_streams: Streams::default(),
            rtcp_streams: Streams::default(),
        }
    }

    /// Opens an SRTP packet where it lies: the RTP packet is then `packet[..length]`. After a refusal the
    /// buffer's content is worthless.
    pub fn open_rtp(&mut self, packet: &mut [u8]) -> Result<usize, Refusal> {
        let header = RtpHeader::parse(packet).ok_or(Refusal::Malformed)?;
        let place = self.rtp_streams.find(header.ssrc)?;
        let index = match place {
            Place::Known(at) => {
                let window = &self.rtp_streams.windows[at].1;
                let index = window.index_of(header.sequence).ok_or(Refusal::TooOld)?;
                window.check(index)?;
                index
            }
            // A stream begins with rollover counter 0 (RFC 3711, section 3.3.1).
            Place::New => u64::from(header.sequence),
        };
        let length = self
            .rtp
            .open_rtp(packet, header.length, header.ssrc, index)?;
        self.rtp_streams.accept(place, header.ssrc, index);
        Ok(length)
    }

    /// Opens an SRTCP packet where it lies, as [`Inbound::open_rtp`] does.
    pub fn open_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Refusal> {
        let ssrc = rtcp_ssrc(packet).ok_or(Refusal::Malformed)?;
        let index = self.rtcp.rtcp_index(packet)?;
        let place = self.rtcp_streams.find(ssrc)?;
        if let Place::Known(at) = place {
            self.rtcp_streams.windows[at].1.check(u64::from(index))?;
        }
        let length = self.rtcp.open_rtcp(packet, ssrc, index)?;
        self.rtcp_streams.accept(place, ssrc, u64::from(index));
        Ok(length)
    }
}

/// Windows by SSRC: so few that a scan is the quickest look-up.
struct Streams {
    windows: [(u32, ReplayWindow); MAX_STREAMS],
    count: usize,
}

#[derive(Clone, Copy)]
enum Place {
    Known(usize),
    New,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            windows: [(0, ReplayWindow::starting_at(0)); MAX_STREAMS],
            count: 0,
        }
    }
}

impl Streams {
    fn find(&self, ssrc: u32) -> Result<Place, Refusal> {
        let known = self.windows[..self.count]
            .iter()
            .position(|(known, _)| *known == ssrc);
        match known {
            Some(at) => Ok(Place::Known(at)),
            None if self.count < MAX_STREAMS => Ok(Place::New),
            None => Err(Refusal::TooManyStreams),
        }
    }

    /// Remembers an authenticated packet.
    fn accept(&mut self, place: Place, ssrc: u32, index: u64) {
        match place {
            Place::Known(at) => self.windows[at].1.accept(index),
            Place::New => {
                self.windows[self.count] = (ssrc, ReplayWindow::starting_at(index));
                self.count += 1;
            }
        }
    }
}

#[cfg(test)]
#[path = "context_tests.rs"]
mod tests;
