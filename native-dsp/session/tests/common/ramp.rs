//! A codec whose audio is a ramp: every sample's value is its own media position.

use remotemedia_core::graph::Graph;
use remotemedia_session::codec::{AudioDecoder, DecodeError};
use remotemedia_session::{MediaSession, SessionConfig};

use super::{FRAME, Outcome, Packet, config, run};
use remotemedia_session::Micros;

/// Value of concealed samples.
pub const CONCEALED: f32 = -1.0;

/// A packet of one frame from `position`.
pub fn packet(position: i64) -> Vec<u8> {
    position.to_be_bytes().to_vec()
}

/// The same, and it can restore its predecessor.
pub fn packet_with_fec(position: i64) -> Vec<u8> {
    [&position.to_be_bytes()[..], b"f"].concat()
}

pub struct RampDecoder;

fn ramp(from: i64, pcm: &mut [f32]) -> Result<usize, DecodeError> {
    for (n, sample) in pcm.iter_mut().enumerate() {
        *sample = (from + n as i64) as f32;
    }
    Ok(pcm.len())
}

fn position(packet: &[u8]) -> Result<i64, DecodeError> {
    let bytes = packet.first_chunk().ok_or(DecodeError)?;
    Ok(i64::from_be_bytes(*bytes))
}

impl AudioDecoder for RampDecoder {
    fn packet_samples(&self, packet: &[u8]) -> Option<usize> {
        position(packet).ok().map(|_| FRAME as usize)
    }
    fn fec_samples(&self, packet: &[u8]) -> usize {
        if packet.len() == 9 { FRAME as usize } else { 0 }
    }
    fn decode(&mut self, packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError> {
        ramp(position(packet)?, &mut pcm[..FRAME as usize])
    }
    fn decode_fec(&mut self, next: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError> {
        ramp(position(next)? - pcm.len() as i64, pcm)
    }
    fn conceal(&mut self, pcm: &mut [f32]) -> Result<usize, DecodeError> {
        pcm.fill(CONCEALED);
        Ok(pcm.len())
    }
    fn reset(&mut self) {}
}

pub fn session(config: SessionConfig, graph: Graph) -> MediaSession {
    MediaSession::with_decoder(config, graph, Box::new(RampDecoder)).unwrap()
}

/// Runs a scenario of ramp packets through an echo and checks after every call that the last frame that
/// the graph saw holds what belongs at its place: its own position, or a filling.
pub fn play(packets: &[Packet], end: Micros) -> (MediaSession, Outcome) {
    let mut session = session(config(), super::echo());
    let outcome = run(&mut session, packets, end, check_last_frame);
    (session, outcome)
}

pub fn check_last_frame(session: &MediaSession) {
    let media = (session.stats().media_time_ms * 48.0).round() as i64;
    let Some(frame) = session.graph().output().filter(|_| media > 0) else {
        return;
    };
    for (n, sample) in frame.channel(0).iter().enumerate() {
        let position = media - 480 + n as i64;
        assert!(
            [position as f32, 0.0, CONCEALED].contains(sample),
            "{sample} at position {position}"
        );
    }
}
