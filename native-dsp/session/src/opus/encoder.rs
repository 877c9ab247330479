//! PCM to Opus, for voice.

use std::ffi::c_int;
use std::ptr::NonNull;

use opusic_sys as sys;

use super::CreateError;
use crate::codec::{AudioEncoder, EncodeError, EncoderConfig};

/// Opus adapts its own rate within 6 to 510 kb/s (RFC 6716 section 2.1.1).
const BITRATE_RANGE: std::ops::RangeInclusive<u32> = 6_000..=510_000;

/// One libopus encoder in its VoIP mode.
pub struct OpusEncoder {
    state: NonNull<sys::OpusEncoder>,
    channels: usize,
}

// SAFETY: as for the decoder: plain memory, touched only through `&mut self`.
unsafe impl Send for OpusEncoder {}

impl OpusEncoder {
    /// An encoder for interleaved PCM of one of [`SAMPLE_RATES`](crate::codec::SAMPLE_RATES) and 1 or 2 channels.
    pub fn new(sample_rate: u32, channels: u8, config: EncoderConfig) -> Result<Self, CreateError> {
        let mut error = sys::OPUS_OK;
        // SAFETY: plain values in, a valid pointer for the error; libopus checks rate and channels, and
        // the result is checked.
        let state = unsafe {
            sys::opus_encoder_create(
                sample_rate as i32,
                c_int::from(channels),
                sys::OPUS_APPLICATION_VOIP,
                &mut error,
            )
        };
        let state = NonNull::new(state).ok_or(CreateError(error))?;
        let mut encoder = Self {
            state,
            channels: usize::from(channels),
        };
        let bitrate = config
            .bitrate
            .clamp(*BITRATE_RANGE.start(), *BITRATE_RANGE.end());
        encoder.set(sys::OPUS_SET_BITRATE_REQUEST, bitrate as i32);
        encoder.set(
            sys::OPUS_SET_COMPLEXITY_REQUEST,
            i32::from(config.complexity.min(10)),
        );
        encoder.set(sys::OPUS_SET_INBAND_FEC_REQUEST, i32::from(config.fec));
        encoder.set(sys::OPUS_SET_DTX_REQUEST, i32::from(config.dtx));
        Ok(encoder)
    }

    fn set(&mut self, request: c_int, value: i32) {
        // SAFETY: every request used here takes one opus_int32 by value. The values are in range, so
        // the result needs no check.
        unsafe { sys::opus_encoder_ctl(self.state.as_ptr(), request, value) };
    }
}

impl AudioEncoder for OpusEncoder {
    fn encode(&mut self, pcm: &[f32], packet: &mut [u8]) -> Result<usize, EncodeError> {
        let frame = (pcm.len() / self.channels) as c_int;
        let capacity = i32::try_from(packet.len()).unwrap_or(i32::MAX);
        // SAFETY: `pcm` holds `frame` samples of each channel, `packet` has room for `capacity` bytes;
        // libopus refuses a frame length that is none of its own.
        let length = unsafe {
            sys::opus_encode_float(
                self.state.as_ptr(),
                pcm.as_ptr(),
                frame,
                packet.as_mut_ptr(),
                capacity,
            )
        };
        usize::try_from(length).map_err(|_| EncodeError)
    }

    fn set_packet_loss_percent(&mut self, percent: u8) {
        self.set(
            sys::OPUS_SET_PACKET_LOSS_PERC_REQUEST,
            i32::from(percent.min(100)),
        );
    }
}

impl Drop for OpusEncoder {
    fn drop(&mut self) {
        // SAFETY: created by `opus_encoder_create`, destroyed once.
        unsafe { sys::opus_encoder_destroy(self.state.as_ptr()) };
    }
}
