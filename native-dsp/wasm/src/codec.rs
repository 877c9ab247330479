//! The host's codec: synchronous calls of the module into its host, one decoder and one encoder an instance.

use remotemedia_session::codec::{AudioEncoder, DecodeError, EncodeError};
use remotemedia_session::conceal::PlainDecoder;

/// Opus to 48 kHz mono, by the host.
pub struct HostDecoder;

impl PlainDecoder for HostDecoder {
    fn decode(&mut self, packet: &[u8], pcm: &mut [f32]) -> Result<usize, DecodeError> {
        // SAFETY: the host reads the packet and writes no more samples than there is room for.
        let samples =
            unsafe { host::decode(packet.as_ptr(), packet.len(), pcm.as_mut_ptr(), pcm.len()) };
        usize::try_from(samples).map_err(|_| DecodeError)
    }

    fn reset(&mut self) {
        // SAFETY: touches nothing of ours.
        unsafe { host::reset_decoder() };
    }
}

/// PCM to Opus, by the host, which knows the format and the configuration.
pub struct HostEncoder;

impl AudioEncoder for HostEncoder {
    fn encode(&mut self, pcm: &[f32], packet: &mut [u8]) -> Result<usize, EncodeError> {
        // SAFETY: the host reads the samples and writes no more bytes than there is room for.
        let bytes =
            unsafe { host::encode(pcm.as_ptr(), pcm.len(), packet.as_mut_ptr(), packet.len()) };
        usize::try_from(bytes).map_err(|_| EncodeError)
    }

    fn set_packet_loss_percent(&mut self, percent: u8) {
        // SAFETY: touches nothing of ours.
        unsafe { host::set_packet_loss(u32::from(percent.min(100))) };
    }
}

#[cfg(target_arch = "wasm32")]
mod host {
    #[link(wasm_import_module = "codec")]
    unsafe extern "C" {
        /// Returns the number of samples, or less than 0 where the decoder refuses.
        pub fn decode(packet: *const u8, bytes: usize, pcm: *mut f32, samples: usize) -> i32;
        pub fn reset_decoder();
        /// Takes interleaved samples; returns the number of bytes, or less than 0.
        pub fn encode(pcm: *const f32, samples: usize, packet: *mut u8, bytes: usize) -> i32;
        pub fn set_packet_loss(percent: u32);
    }
}

/// Compiled for anything else, for the sake of lints, the module has no host: every call is refused.
#[cfg(not(target_arch = "wasm32"))]
mod host {
    pub unsafe fn decode(
        _packet: *const u8,
        _bytes: usize,
        _pcm: *mut f32,
        _samples: usize,
    ) -> i32 {
        -1
    }

    pub unsafe fn reset_decoder() {}

    pub unsafe fn encode(
        _pcm: *const f32,
        _samples: usize,
        _packet: *mut u8,
        _bytes: usize,
    ) -> i32 {
        -1
    }

    pub unsafe fn set_packet_loss(_percent: u32) {}
}
