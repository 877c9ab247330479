//! One direction's session keys, whichever the profile.

use super::Refusal;
use super::counter_mode::CounterMode;
use super::gcm::Gcm;
use super::keys::{Label, MasterKeys};
use super::profile::Profile;

/// Set in the index word of encrypted SRTCP (RFC 3711, section 3.4).
const ENCRYPTED: u32 = 1 << 31;

/// Keys for RTP or for RTCP. A packet is protected in a buffer with room for [`super::MAX_OVERHEAD`] more
/// octets and opened where it lies; lengths in and out are those of the packet.
pub(super) enum Cipher {
    Gcm(Box<Gcm>),
    CounterMode(Box<CounterMode>),
}

impl Cipher {
    pub fn for_rtp(master: &MasterKeys<'_>) -> Self {
        use Label::{RtpAuthentication, RtpEncryption, RtpSalt};
        Self::new(master, [RtpEncryption, RtpAuthentication, RtpSalt])
    }

    pub fn for_rtcp(master: &MasterKeys<'_>) -> Self {
        use Label::{RtcpAuthentication, RtcpEncryption, RtcpSalt};
        Self::new(master, [RtcpEncryption, RtcpAuthentication, RtcpSalt])
    }

    fn new(master: &MasterKeys<'_>, [encryption, authentication, salt]: [Label; 3]) -> Self {
        let mut key_buffer = [0; 32];
        let key = &mut key_buffer[..master.profile.key_len()];
        master.derive(encryption, key);
        match master.profile {
            Profile::Aes128CmHmacSha1_80 => {
                let (mut authentication_key, mut session_salt) = ([0; 20], [0; 14]);
                master.derive(authentication, &mut authentication_key);
                master.derive(salt, &mut session_salt);
                Self::CounterMode(Box::new(CounterMode::new(
                    key,
                    &authentication_key,
                    session_salt,
                )))
            }
            Profile::AeadAes128Gcm | Profile::AeadAes256Gcm => {
                let mut session_salt = [0; 12];
                master.derive(salt, &mut session_salt);
                Self::Gcm(Box::new(Gcm::new(key, session_salt)))
            }
        }
    }

    /// Protects the RTP packet `packet[..length]` with a header of `header` octets.
    pub fn seal_rtp(
        &self,
        packet: &mut [u8],
        length: usize,
        header: usize,
        ssrc: u32,
        index: u64,
    ) -> usize {
        match self {
            Self::Gcm(gcm) => gcm.seal_rtp(packet, length, header, ssrc, index),
            Self::CounterMode(mode) => mode.seal_rtp(packet, length, header, ssrc, index),
        }
    }

    /// Opens an SRTP packet with a header of `header` octets.
    pub fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<usize, Refusal> {
        match self {
            Self::Gcm(gcm) => gcm.open_rtp(packet, header, ssrc, index),
            Self::CounterMode(mode) => mode.open_rtp(packet, header, ssrc, index),
        }
    }

    /// Protects the RTCP packet `packet[..length]`.
    pub fn seal_rtcp(&self, packet: &mut [u8], length: usize, ssrc: u32, index: u32) -> usize {
        let word = (index | ENCRYPTED).to_be_bytes();
        match self {
            Self::Gcm(gcm) => gcm.seal_rtcp(packet, length, ssrc, word),
            Self::CounterMode(mode) => mode.seal_rtcp(packet, length, ssrc, word),
        }
    }

    /// The index of an SRTCP packet, before it is known to be authentic.
    pub fn rtcp_index(&self, packet: &[u8]) -> Result<u32, Refusal> {
        let word = match self {
            Self::Gcm(_) => packet.last_chunk(),
            Self::CounterMode(_) => packet
                .split_last_chunk::<{ super::counter_mode::TAG_LEN }>()
                .and_then(|(rest, _)| rest.last_chunk()),
        };
        let word = u32::from_be_bytes(*word.ok_or(Refusal::Malformed)?);
        if word & ENCRYPTED == 0 {
            return Err(Refusal::NotEncrypted);
        }
        Ok(word & !ENCRYPTED)
    }

    /// Opens an SRTCP packet.
    pub fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, index: u32) -> Result<usize, Refusal> {
        let word = (index | ENCRYPTED).to_be_bytes();
        match self {
            Self::Gcm(gcm) => gcm.open_rtcp(packet, ssrc, word),
            Self::CounterMode(mode) => mode.open_rtcp(packet, ssrc, word),
        }
    }
}
