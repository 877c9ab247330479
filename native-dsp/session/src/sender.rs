//! Frames of the graph's output become Opus packets of 20 ms.

use remotemedia_core::block::Block;
use remotemedia_core::format::Format;

use crate::codec::AudioEncoder;
use crate::config::SessionConfig;
use crate::rtp_header::{HEADER_LENGTH, RtpHeader};
use crate::time::Micros;
use crate::transmit::{TransmitKind, TransmitQueue};

/// Frames of 10 ms in a packet: what browsers send and expect (`ptime` 20).
const FRAMES_PER_PACKET: usize = 2;

/// Media positions and RTP timestamps count at 48 kHz, whatever rate is encoded (RFC 7587 section 4.1).
const FRAME_TICKS: i64 = 480;

/// In DTX, libopus says by a packet this short that it need not be sent.
const DTX_LENGTH: usize = 2;

/// The sending half of a session.
pub(crate) struct Sender {
    encoder: Box<dyn AudioEncoder>,
    /// Interleaved samples of the packet to come.
    pcm: Box<[f32]>,
    channels: usize,
    filled: usize,
    /// Media position of the packet to come.
    start: i64,
    header: RtpHeader,
    first_timestamp: u32,
    packets: u64,
    payload_bytes: u64,
    last_sent: Option<(Micros, u32)>,
}

impl Sender {
    /// Sends what `encoder`, made for this format, gives.
    pub fn new(format: Format, encoder: Box<dyn AudioEncoder>, config: &SessionConfig) -> Self {
        let channels = usize::from(format.channels);
        let length = format.frame_samples() * channels * FRAMES_PER_PACKET;
        Self {
            encoder,
            pcm: vec![0.0; length].into_boxed_slice(),
            channels,
            filled: 0,
            start: 0,
            header: RtpHeader {
                marker: true,
                payload_type: config.send_payload_type,
                sequence: config.first_sequence,
                timestamp: config.first_timestamp,
                ssrc: config.send_ssrc,
            },
            first_timestamp: config.first_timestamp,
            packets: 0,
            payload_bytes: 0,
            last_sent: None,
        }
    }

    /// Takes the frame that begins at media `position`; the second of two is sent at once. `arrival` is
    /// when the packet came that completed it.
    pub fn push(
        &mut self,
        now: Micros,
        position: i64,
        frame: &Block,
        arrival: Micros,
        queue: &mut TransmitQueue,
    ) {
        let expected = self.start + self.filled as i64 * FRAME_TICKS;
        if position != expected {
            self.flush(now, arrival, queue);
            self.header.marker = true;
        }
        if self.filled == 0 {
            self.start = position;
        }
        let length = self.pcm.len() / FRAMES_PER_PACKET;
        let half = &mut self.pcm[self.filled * length..][..length];
        for channel in 0..self.channels {
            let interleaved = half.iter_mut().skip(channel).step_by(self.channels);
            for (to, from) in interleaved.zip(frame.channel(channel)) {
                *to = *from;
            }
        }
        self.filled += 1;
        if self.filled == FRAMES_PER_PACKET {
            self.send(now, arrival, queue);
        }
    }

    /// Sends a half-filled packet, its rest silent: what follows does not join it.
    pub fn flush(&mut self, now: Micros, arrival: Micros, queue: &mut TransmitQueue) {
        if self.filled > 0 {
            let length = self.pcm.len() / FRAMES_PER_PACKET;
            self.pcm[self.filled * length..].fill(0.0);
            self.send(now, arrival, queue);
        }
    }

    /// Throws away the frames of a packet that is not full yet; returns how many there were.
    pub fn forget(&mut self) -> u32 {
        std::mem::take(&mut self.filled) as u32
    }

    /// Adapts the redundancy to the loss that the receiver reports.
    pub fn set_packet_loss_percent(&mut self, percent: u8) {
        self.encoder.set_packet_loss_percent(percent);
    }

    /// The stream's counters for a sender report: packets, payload bytes, and the RTP timestamp of `now`.
    pub fn report(&self, now: Micros) -> Option<(u32, u32, u32)> {
        let (sent, timestamp) = self.last_sent?;
        let since = ((now - sent).0 * 48 / 1000) as u32;
        Some((
            self.packets as u32,
            self.payload_bytes as u32,
            timestamp.wrapping_add(since),
        ))
    }

    /// Packets sent.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    fn send(&mut self, now: Micros, arrival: Micros, queue: &mut TransmitQueue) {
        self.filled = 0;
        self.header.timestamp = self.first_timestamp.wrapping_add(self.start as u32);
        self.start += FRAMES_PER_PACKET as i64 * FRAME_TICKS;
        let (encoder, pcm, header) = (&mut self.encoder, &self.pcm, self.header);
        let mut length = 0;
        queue.push(TransmitKind::Rtp, Some(arrival), |packet| {
            length = encoder.encode(pcm, &mut packet[HEADER_LENGTH..]).ok()?;
            packet[..HEADER_LENGTH].copy_from_slice(&header.to_bytes());
            (length > DTX_LENGTH).then_some(HEADER_LENGTH + length)
        });
        if length > DTX_LENGTH {
            self.header.sequence = self.header.sequence.wrapping_add(1);
            self.packets += 1;
            self.payload_bytes += length as u64;
            self.last_sent = Some((now, header.timestamp));
        }
        // The packet after one that was not sent begins a talkspurt (RFC 3551 section 4.1).
        self.header.marker = length <= DTX_LENGTH;
    }
}
