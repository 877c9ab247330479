//! Mistakes of the plane's caller, with stable codes.

use crate::srtp::KeyError;

/// Why a call was refused.
#[derive(Debug)]
#[non_exhaustive]
pub enum PlaneError {
    /// The port could not be had, or a thread not be started.
    Bind(std::io::Error),
    /// A number out of its range.
    InvalidOptions(String),
    /// Not an ICE user name fragment.
    InvalidUfrag,
    /// A living session has it.
    DuplicateUfrag,
    /// All slots are in use.
    TooManySessions(usize),
    /// No session has this handle (any more).
    UnknownHandle,
    /// Media was started before.
    MediaAlreadyStarted,
    /// Media was not started yet.
    MediaNotStarted,
    /// Not a profile that is spoken here.
    UnsupportedProfile(u16),
    /// Key or salt of the wrong length.
    InvalidKeys(KeyError),
    /// Not an address to send to.
    InvalidAddress(String),
    /// A media thread has not taken its commands for long.
    Busy,
    /// All media threads have died.
    NoThread,
    /// The plane was closed.
    Closed,
}

impl PlaneError {
    /// Stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Bind(_) => "bind_failed",
            Self::InvalidOptions(_) | Self::InvalidUfrag => "invalid_options",
            Self::DuplicateUfrag => "duplicate_ufrag",
            Self::TooManySessions(_) => "too_many_sessions",
            Self::UnknownHandle => "unknown_handle",
            Self::MediaAlreadyStarted => "media_already_started",
            Self::MediaNotStarted => "media_not_started",
            Self::UnsupportedProfile(_) => "unsupported_profile",
            Self::InvalidKeys(_) => "invalid_keys",
            Self::InvalidAddress(_) => "invalid_address",
            Self::Busy => "plane_busy",
            Self::NoThread => "media_thread_failed",
            Self::Closed => "plane_closed",
        }
    }
}

impl std::fmt::Display for PlaneError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bind(error) => write!(f, "the media port cannot be opened: {error}"),
            Self::InvalidOptions(message) => f.write_str(message),
            Self::InvalidUfrag => f.write_str("localUfrag must be 4 to 256 ICE characters"),
            Self::DuplicateUfrag => f.write_str("another session has this localUfrag"),
            Self::TooManySessions(limit) => write!(f, "all {limit} session slots are in use"),
            Self::UnknownHandle => f.write_str("no session has this handle"),
            Self::MediaAlreadyStarted => f.write_str("media was started before"),
            Self::MediaNotStarted => f.write_str("media was not started yet"),
            Self::UnsupportedProfile(id) => write!(f, "SRTP profile {id:#06x} is not supported"),
            Self::InvalidKeys(error) => error.fmt(f),
            Self::InvalidAddress(address) => write!(f, "{address} is not an address to send to"),
            Self::Busy => f.write_str("the media thread does not take commands"),
            Self::NoThread => f.write_str("all media threads have failed; restart the process"),
            Self::Closed => f.write_str("the media plane is closed"),
        }
    }
}

impl std::error::Error for PlaneError {}
