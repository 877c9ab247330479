//! What callers outside of Rust may ask of a session: the names and ranges of every binding.

use remotemedia_core::event::EndReason;
use remotemedia_core::offline::{OfflineError, whole};
use serde::Deserialize;

use crate::config::SessionConfig;

/// Known when a session is opened. Absent values keep the defaults of [`SessionConfig`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionOptions {
    /// 20 ms to an hour.
    pub inactivity_ms: Option<f64>,
    /// How outgoing audio is encoded.
    pub encoder: EncoderOptions,
}

/// See [`EncoderConfig`](crate::codec::EncoderConfig).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EncoderOptions {
    /// Bits per second, 6 000 to 510 000.
    pub bitrate: Option<f64>,
    /// 0 to 10.
    pub complexity: Option<f64>,
    /// In-band forward error correction.
    pub fec: Option<bool>,
    /// Discontinuous transmission.
    pub dtx: Option<bool>,
}

/// Known when its media starts.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaOptions {
    /// Whether processed audio is sent.
    pub send: bool,
    /// Whether audio is taken.
    pub receive: bool,
    /// 32 bits.
    pub send_ssrc: f64,
    /// 0 to 127, as the two below.
    pub send_payload_type: f64,
    /// Of Opus.
    pub receive_payload_type: f64,
    /// Of redundant audio (RFC 2198), where it was negotiated.
    pub red_payload_type: Option<f64>,
    /// Canonical name for RTCP.
    pub cname: String,
}

impl SessionOptions {
    /// The session as far as it is known before its media starts.
    ///
    /// # Errors
    /// `invalid_options`, naming the option.
    pub fn config(&self) -> Result<SessionConfig, OfflineError> {
        let mut config = SessionConfig::default();
        if let Some(number) = self.inactivity_ms {
            config.inactivity_ms = whole("inactivityMs", number, 20, 3_600_000)? as u32;
        }
        let (options, encoder) = (&self.encoder, &mut config.encoder);
        if let Some(number) = options.bitrate {
            encoder.bitrate = whole("encoder.bitrate", number, 6_000, 510_000)? as u32;
        }
        if let Some(number) = options.complexity {
            encoder.complexity = whole("encoder.complexity", number, 0, 10)? as u8;
        }
        encoder.fec = options.fec.unwrap_or(encoder.fec);
        encoder.dtx = options.dtx.unwrap_or(encoder.dtx);
        Ok(config)
    }
}

impl MediaOptions {
    /// Completes the configuration with what was negotiated.
    ///
    /// # Errors
    /// `invalid_options`, naming the option.
    pub fn complete(&self, config: &mut SessionConfig) -> Result<(), OfflineError> {
        config.send = self.send;
        config.receive = self.receive;
        config.cname.clone_from(&self.cname);
        config.send_ssrc = whole("sendSsrc", self.send_ssrc, 0, u32::MAX.into())? as u32;
        config.send_payload_type = payload_type("sendPayloadType", self.send_payload_type)?;
        config.payload_type_opus = payload_type("receivePayloadType", self.receive_payload_type)?;
        config.payload_type_red = match self.red_payload_type {
            Some(number) => Some(payload_type("redPayloadType", number)?),
            None => None,
        };
        Ok(())
    }
}

/// Why the input of a session ends or pauses, by its name.
///
/// # Errors
/// `invalid_options`.
pub fn end_reason(name: &str) -> Result<EndReason, OfflineError> {
    match name {
        "mute" => Ok(EndReason::Mute),
        "track_ended" => Ok(EndReason::TrackEnded),
        "flush" => Ok(EndReason::Flush),
        other => Err(OfflineError::options(format!(
            "reason is {other}; it must be mute, track_ended or flush"
        ))),
    }
}

fn payload_type(name: &str, number: f64) -> Result<u8, OfflineError> {
    Ok(whole(name, number, 0, 127)? as u8)
}
