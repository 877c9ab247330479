//! What a session needs from an audio decoder, so that another one can stand in where libopus cannot.

/// Longest audio one packet may carry: 120 ms at 48 kHz (RFC 6716 section 3.2.5), in samples.
pub const MAX_PACKET_SAMPLES: usize = 5760;

/// The decoder could not make audio of what it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError;

/// Decodes one stream to 48 kHz mono, f32 in -1..1.
///
/// Packets come from the network and may hold anything: an implementation answers garbage with
/// [`DecodeError`], never with a panic, and allocates nothing after it was made. Every method that
/// writes audio fills `pcm` from its start, returns the number of samples written, and refuses with an
/// error what does not fit.
pub trait AudioDecoder: Send {
    /// Samples that `packet` decodes to, from its header alone; `None` where the header is invalid.
    fn packet_samples(&self, packet: &[u8]) -> Option<usize>;

    /// Samples before `packet` that it can restore by [`decode_fec`](Self::decode_fec); 0 if none.
    fn fec_samples(&self, packet: &[u8]) -> usize;

    /// Decodes a packet.
    fn decode(&mut self, packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError>;

    /// Restores the lost audio that ends where `next_packet` begins. The length of `pcm` is the exact
    /// duration wanted: what [`fec_samples`](Self::fec_samples) said for this packet. To be called
    /// before `next_packet` itself is decoded.
    fn decode_fec(&mut self, next_packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError>;

    /// Extrapolates over lost audio to fill `pcm`, a multiple of 2.5 ms (120 samples).
    fn conceal(&mut self, pcm: &mut [f32]) -> Result<usize, DecodeError>;

    /// Forgets the stream: the next packet is decoded as the first.
    fn reset(&mut self);
}
