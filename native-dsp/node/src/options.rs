//! Options as JavaScript gives them, and what they become. Absent values take the defaults of the layer
//! below.

use std::net::{IpAddr, SocketAddr};

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use remotemedia_core::event::EndReason;
use remotemedia_core::format::Format;
use remotemedia_plane::PlaneConfig;
use remotemedia_session::{SessionConfig, options as session};

use crate::error::Coded;

#[napi(object)]
pub struct MediaPlaneOptions {
    pub bind_address: Option<String>,
    pub port: Option<f64>,
    pub threads: Option<f64>,
    pub max_sessions: Option<f64>,
    pub metrics: Option<bool>,
}

#[napi(object)]
pub struct RateConversion {
    pub from_hz: f64,
    pub to_hz: f64,
    pub channels: f64,
    pub quality: Option<String>,
}

#[napi(object)]
pub struct Resampling {
    pub from_hz: f64,
    pub to_hz: f64,
    pub channels: f64,
    pub layout: Option<String>,
}

#[napi(object)]
pub struct EncoderOptions {
    pub bitrate: Option<f64>,
    pub complexity: Option<f64>,
    pub fec: Option<bool>,
    pub dtx: Option<bool>,
}

#[napi(object)]
pub struct PlaneSessionOptions {
    pub local_ufrag: String,
    pub manifest: String,
    pub externals: Option<String>,
    pub pipeline: Option<String>,
    pub inactivity_ms: Option<f64>,
    pub encoder: Option<EncoderOptions>,
}

#[napi(object)]
pub struct PlaneMediaOptions {
    pub profile: f64,
    pub local_key: Uint8Array,
    pub local_salt: Uint8Array,
    pub remote_key: Uint8Array,
    pub remote_salt: Uint8Array,
    pub remote_address: String,
    pub remote_port: f64,
    pub local_address: Option<String>,
    pub send: bool,
    pub receive: bool,
    pub send_ssrc: f64,
    pub send_payload_type: f64,
    pub receive_payload_type: f64,
    pub red_payload_type: Option<f64>,
    pub cname: String,
}

#[derive(Clone)]
#[napi(object)]
pub struct AudioFormat {
    pub sample_rate: f64,
    pub channels: f64,
}

impl From<Format> for AudioFormat {
    fn from(format: Format) -> Self {
        Self {
            sample_rate: format.sample_rate.into(),
            channels: format.channels.into(),
        }
    }
}

impl MediaPlaneOptions {
    pub fn config(&self) -> Result<PlaneConfig, Coded> {
        let mut config = PlaneConfig {
            bind: local_address(self.bind_address.as_deref())?,
            ..PlaneConfig::default()
        };
        set(&mut config.port, "port", self.port, 0, u16::MAX.into())?;
        set(&mut config.threads, "threads", self.threads, 1, 64)?;
        set(
            &mut config.max_sessions,
            "maxSessions",
            self.max_sessions,
            1,
            u16::MAX.into(),
        )?;
        Ok(config)
    }
}

impl PlaneSessionOptions {
    /// The session as far as it is known before DTLS.
    pub fn config(&self) -> Result<SessionConfig, Coded> {
        let encoder = self.encoder.as_ref();
        let encoder = encoder.map(|options| session::EncoderOptions {
            bitrate: options.bitrate,
            complexity: options.complexity,
            fec: options.fec,
            dtx: options.dtx,
        });
        let options = session::SessionOptions {
            inactivity_ms: self.inactivity_ms,
            encoder: encoder.unwrap_or_default(),
        };
        Ok(options.config()?)
    }
}

impl PlaneMediaOptions {
    /// Completes the session's configuration with what was negotiated.
    pub fn complete(&self, config: &mut SessionConfig) -> Result<(), Coded> {
        let options = session::MediaOptions {
            send: self.send,
            receive: self.receive,
            send_ssrc: self.send_ssrc,
            send_payload_type: self.send_payload_type,
            receive_payload_type: self.receive_payload_type,
            red_payload_type: self.red_payload_type,
            cname: self.cname.clone(),
        };
        Ok(options.complete(config)?)
    }

    pub fn profile(&self) -> Result<u16, Coded> {
        Ok(whole("profile", self.profile, 0, u16::MAX.into())? as u16)
    }
}

pub fn end_reason(text: &str) -> Result<EndReason, Coded> {
    Ok(session::end_reason(text)?)
}

pub fn socket_address(address: &str, port: f64) -> Result<SocketAddr, Coded> {
    let port = whole("port", port, 1, u16::MAX.into())? as u16;
    Ok(SocketAddr::new(ip(address)?.to_canonical(), port))
}

pub fn local_address(address: Option<&str>) -> Result<Option<IpAddr>, Coded> {
    address.map(ip).transpose()
}

/// A whole number in a range.
pub fn whole(name: &str, number: f64, min: u64, max: u64) -> Result<u64, Coded> {
    Ok(remotemedia_core::offline::whole(name, number, min, max)?)
}

fn set<T: TryFrom<u64>>(
    place: &mut T,
    name: &str,
    number: Option<f64>,
    min: u64,
    max: u64,
) -> Result<(), Coded> {
    if let Some(number) = number {
        let number = whole(name, number, min, max)?;
        *place = T::try_from(number).map_err(|_| Coded::options(format!("{name} is too large")))?;
    }
    Ok(())
}

fn ip(text: &str) -> Result<IpAddr, Coded> {
    text.parse()
        .map_err(|_| Coded::new("invalid_address", format!("{text} is not an IP address")))
}
