//! Opus to 48 kHz mono PCM, safe against hostile packets.

use std::ffi::c_int;
use std::ptr::{NonNull, null};

use opusic_sys as sys;

use super::CreateError;
use crate::codec::{AudioDecoder, Concealment, DecodeError, MAX_PACKET_SAMPLES};

const SAMPLE_RATE: i32 = 48_000;

/// Concealment works in units of 2.5 ms.
const CONCEALMENT_UNIT: usize = 120;

/// One libopus decoder with one channel: stereo streams come out mixed down by the codec itself.
pub struct OpusDecoder {
    state: NonNull<sys::OpusDecoder>,
}

// SAFETY: the state is plain memory that libopus touches only through calls taking this pointer, and
// every such call here needs `&mut self`.
unsafe impl Send for OpusDecoder {}

impl OpusDecoder {
    /// A decoder for one stream. Allocates once, here.
    pub fn new(concealment: Concealment) -> Result<Self, CreateError> {
        let mut error = sys::OPUS_OK;
        // SAFETY: plain values in, a valid pointer for the error; the result is checked.
        let state = unsafe { sys::opus_decoder_create(SAMPLE_RATE, 1, &mut error) };
        let state = NonNull::new(state).ok_or(CreateError(error))?;
        let decoder = Self { state };
        if concealment == Concealment::Deep {
            // From complexity 5 on libopus conceals with its network; below, nothing neural runs.
            // SAFETY: the request takes one int by value.
            unsafe {
                sys::opus_decoder_ctl(state.as_ptr(), sys::OPUS_SET_COMPLEXITY_REQUEST, 5 as c_int)
            };
        }
        Ok(decoder)
    }

    /// The one call into the decoder. `packet` empty means concealment, as libopus wants it: a null
    /// pointer, since it would read the zero length of a real pointer as a loss as well.
    fn run(&mut self, packet: &[u8], pcm: &mut [f32], fec: bool) -> Result<usize, DecodeError> {
        let data = if packet.is_empty() {
            null()
        } else {
            packet.as_ptr()
        };
        let length = i32::try_from(packet.len()).map_err(|_| DecodeError)?;
        let capacity = pcm.len().min(MAX_PACKET_SAMPLES) as c_int;
        // SAFETY: `data` is null with length 0 or points to `length` readable bytes; `pcm` has room for
        // `capacity` samples of the one channel; the state is live and exclusively borrowed.
        let samples = unsafe {
            sys::opus_decode_float(
                self.state.as_ptr(),
                data,
                length,
                pcm.as_mut_ptr(),
                capacity,
                c_int::from(fec),
            )
        };
        usize::try_from(samples).map_err(|_| DecodeError)
    }
}

impl AudioDecoder for OpusDecoder {
    fn packet_samples(&self, packet: &[u8]) -> Option<usize> {
        if packet.is_empty() {
            return None;
        }
        // SAFETY: `packet` is at least one byte long and `len` is its length; the function checks the
        // frame count byte against it and refuses more than 120 ms.
        let samples = unsafe {
            sys::opus_packet_get_nb_samples(packet.as_ptr(), packet.len() as i32, SAMPLE_RATE)
        };
        usize::try_from(samples).ok().filter(|samples| *samples > 0)
    }

    fn fec_samples(&self, packet: &[u8]) -> usize {
        if self.packet_samples(packet).is_none() {
            return 0;
        }
        // SAFETY: the packet is not empty; both functions read no further than its length.
        unsafe {
            if sys::opus_packet_has_lbrr(packet.as_ptr(), packet.len() as i32) <= 0 {
                return 0;
            }
            sys::opus_packet_get_samples_per_frame(packet.as_ptr(), SAMPLE_RATE).max(0) as usize
        }
    }

    fn decode(&mut self, packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError> {
        if packet.is_empty() {
            return Err(DecodeError);
        }
        self.run(packet, pcm, false)
    }

    fn decode_fec(&mut self, next_packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError> {
        if next_packet.is_empty() || !pcm.len().is_multiple_of(CONCEALMENT_UNIT) {
            return Err(DecodeError);
        }
        self.run(next_packet, pcm, true)
    }

    fn conceal(&mut self, pcm: &mut [f32]) -> Result<usize, DecodeError> {
        if pcm.is_empty() || !pcm.len().is_multiple_of(CONCEALMENT_UNIT) {
            return Err(DecodeError);
        }
        self.run(&[], pcm, false)
    }

    fn reset(&mut self) {
        // SAFETY: the request takes no argument.
        unsafe { sys::opus_decoder_ctl(self.state.as_ptr(), sys::OPUS_RESET_STATE) };
    }
}

impl Drop for OpusDecoder {
    fn drop(&mut self) {
        // SAFETY: created by `opus_decoder_create`, destroyed once.
        unsafe { sys::opus_decoder_destroy(self.state.as_ptr()) };
    }
}
