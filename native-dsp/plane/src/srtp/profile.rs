//! DTLS-SRTP protection profiles (RFC 5764, section 4.1.2; RFC 7714, section 14.2).

/// A protection profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `SRTP_AES128_CM_HMAC_SHA1_80`, 0x0001: every WebRTC implementation has it.
    Aes128CmHmacSha1_80,
    /// `SRTP_AEAD_AES_128_GCM`, 0x0007: what Chromium prefers.
    AeadAes128Gcm,
    /// `SRTP_AEAD_AES_256_GCM`, 0x0008.
    AeadAes256Gcm,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 3] = [
        Self::Aes128CmHmacSha1_80,
        Self::AeadAes128Gcm,
        Self::AeadAes256Gcm,
    ];

    /// The profile of a DTLS `use_srtp` identifier.
    pub fn from_id(id: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.id() == id)
    }

    /// The DTLS `use_srtp` identifier.
    pub const fn id(self) -> u16 {
        match self {
            Self::Aes128CmHmacSha1_80 => 0x0001,
            Self::AeadAes128Gcm => 0x0007,
            Self::AeadAes256Gcm => 0x0008,
        }
    }

    /// Octets of the master key, and of the session keys that encrypt.
    pub const fn key_len(self) -> usize {
        match self {
            Self::Aes128CmHmacSha1_80 | Self::AeadAes128Gcm => 16,
            Self::AeadAes256Gcm => 32,
        }
    }

    /// Octets of the master salt.
    pub const fn salt_len(self) -> usize {
        match self {
            Self::Aes128CmHmacSha1_80 => 14,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 12,
        }
    }
}
