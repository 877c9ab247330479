//! What a session needs from a codec, so that another one can stand in where libopus cannot.

/// Longest audio one packet may carry: 120 ms at 48 kHz (RFC 6716 section 3.2.5), in samples.
pub const MAX_PACKET_SAMPLES: usize = 5760;

/// Input sample rates that Opus encodes, in Hz.
pub const SAMPLE_RATES: [u32; 5] = [8_000, 12_000, 16_000, 24_000, 48_000];

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

/// The frame's length is none of Opus' (2.5, 5, 10, 20, 40 or 60 ms), or the output has no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError;

/// Encodes one stream of interleaved PCM. Allocates nothing after it was made.
pub trait AudioEncoder: Send {
    /// Encodes one frame and returns the packet's length in bytes. In discontinuous transmission a length
    /// of 1 or 2 means that the packet need not be sent.
    fn encode(&mut self, pcm: &[f32], packet: &mut [u8]) -> Result<usize, EncodeError>;

    /// Tells how many packets in a hundred the receiver loses: from 1 on, in-band FEC is added if it was
    /// asked for.
    fn set_packet_loss_percent(&mut self, percent: u8);
}

/// How outgoing audio is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Bits per second, 6 000 to 510 000; what lies outside is moved to the nearer end.
    pub bitrate: u32,
    /// 0 (fastest) to 10.
    pub complexity: u8,
    /// Whether packets may carry a coarse copy of their predecessor (in-band FEC). It is really sent
    /// only while the receiver reports loss.
    pub fec: bool,
    /// Whether to stop sending in silence (discontinuous transmission).
    pub dtx: bool,
}

impl Default for EncoderConfig {
    /// 32 kb/s is what browsers use for fullband mono voice. Complexity 5 is past the knee: by
    /// `session_cost complexity` on speech, the log-spectral distance falls from 3.8 dB (0 to 3) to
    /// 3.5 dB (4 and 5) and 3.3 dB (8 to 10), while the time doubles from end to end.
    fn default() -> Self {
        Self {
            bitrate: 32_000,
            complexity: 5,
            fec: true,
            dtx: false,
        }
    }
}

/// How lost audio is extrapolated, where the decoder has a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concealment {
    /// Pitch extrapolation, 25 to 31 us a 20 ms frame.
    #[default]
    Classic,
    /// The neural vocoder of libopus 1.5 and later, 300 to 750 us a 20 ms frame; better to the ear from
    /// 20 % loss. Needs the crate feature `deep-plc`, else it is the classic one.
    Deep,
}
