//! What the plane is made with, and what a session's media is started with.

use std::net::{IpAddr, SocketAddr};

use crate::error::PlaneError;
use crate::srtp::{Inbound, MasterKeys, Outbound, Profile};

/// Where the plane listens and how large it is.
#[derive(Clone, Debug)]
pub struct PlaneConfig {
    /// `None`: IPv6 and IPv4, or IPv4 alone where there is no IPv6.
    pub bind: Option<IpAddr>,
    /// 0: a free one.
    pub port: u16,
    /// Media threads, 1 to 64.
    pub threads: usize,
    /// Most sessions, 1 to 65 535.
    pub max_sessions: usize,
}

impl Default for PlaneConfig {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            bind: None,
            port: 0,
            threads: cores.saturating_sub(1).clamp(1, 64),
            max_sessions: 4096,
        }
    }
}

/// What DTLS and ICE settled for a session.
pub struct MediaStart<'a> {
    /// DTLS `use_srtp` identifier.
    pub profile: u16,
    /// Own master key and salt.
    pub local: (&'a [u8], &'a [u8]),
    /// The peer's master key and salt.
    pub remote: (&'a [u8], &'a [u8]),
    /// The nominated pair: where the peer is.
    pub remote_address: SocketAddr,
    /// The nominated pair: own address.
    pub local_address: Option<IpAddr>,
}

impl MediaStart<'_> {
    /// Whether media could start with this, before anything is made for it.
    pub fn check(&self) -> Result<(), PlaneError> {
        self.contexts().map(drop)
    }

    pub(crate) fn contexts(&self) -> Result<(Inbound, Outbound), PlaneError> {
        check_address(self.remote_address)?;
        let profile =
            Profile::from_id(self.profile).ok_or(PlaneError::UnsupportedProfile(self.profile))?;
        let keys =
            |(key, salt)| MasterKeys::new(profile, key, salt).map_err(PlaneError::InvalidKeys);
        Ok((
            Inbound::new(&keys(self.remote)?),
            Outbound::new(&keys(self.local)?),
        ))
    }
}

/// Refuses what nothing can be sent to.
pub(crate) fn check_address(address: SocketAddr) -> Result<(), PlaneError> {
    match address.port() == 0 || address.ip().is_unspecified() {
        true => Err(PlaneError::InvalidAddress(address.to_string())),
        false => Ok(()),
    }
}
