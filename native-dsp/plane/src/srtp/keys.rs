//! From the master key to session keys (RFC 3711, section 4.3; RFC 7714, section 11). The key derivation
//! rate is 0, as DTLS-SRTP has it: keys are derived once.

use aes::cipher::{KeyIvInit, StreamCipher};

use super::profile::Profile;

type Aes128Ctr = ctr::Ctr128BE<aes::Aes128>;
type Aes256Ctr = ctr::Ctr128BE<aes::Aes256>;

/// Master key and salt of one direction, checked against their profile.
pub struct MasterKeys<'a> {
    pub(super) profile: Profile,
    key: &'a [u8],
    salt: &'a [u8],
}

/// Key or salt has not the profile's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// `key` or `salt`.
    pub what: &'static str,
    /// Octets that the profile needs.
    pub needed: usize,
    /// Octets given.
    pub given: usize,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            what,
            needed,
            given,
        } = self;
        write!(
            f,
            "the master {what} has {given} octets, the profile needs {needed}"
        )
    }
}

/// What a session key is for: the labels of RFC 3711, section 4.3.2.
#[derive(Clone, Copy)]
pub(super) enum Label {
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

impl<'a> MasterKeys<'a> {
    /// Keys as DTLS exported them.
    pub fn new(profile: Profile, key: &'a [u8], salt: &'a [u8]) -> Result<Self, KeyError> {
        let check = |what, given: &[u8], needed| match given.len() {
            length if length == needed => Ok(()),
            given => Err(KeyError {
                what,
                needed,
                given,
            }),
        };
        check("key", key, profile.key_len())?;
        check("salt", salt, profile.salt_len())?;
        Ok(Self { profile, key, salt })
    }

    /// Fills `output` with the session key of this label.
    pub(super) fn derive(&self, label: Label, output: &mut [u8]) {
        // The 112-bit salt (a 96-bit one is padded with zeros on the right) with the label in its octet 7;
        // the last two octets count blocks.
        let mut block = [0; 16];
        block[..self.salt.len()].copy_from_slice(self.salt);
        block[7] ^= label as u8;
        output.fill(0);
        match self.key.len() {
            32 => Aes256Ctr::new_from_slices(self.key, &block)
                .expect("lengths are checked")
                .apply_keystream(output),
            _ => Aes128Ctr::new_from_slices(self.key, &block)
                .expect("lengths are checked")
                .apply_keystream(output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::srtp::header::from_hex;

    #[test]
    fn derivation_follows_rfc_3711_appendix_b_3() {
        let key = from_hex("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt = from_hex("0EC675AD498AFEEBB6960B3AABE6");
        let master = MasterKeys::new(Profile::Aes128CmHmacSha1_80, &key, &salt).unwrap();
        let derive = |label, length| {
            let mut output = vec![0; length];
            master.derive(label, &mut output);
            output
        };
        assert_eq!(
            derive(Label::RtpEncryption, 16),
            from_hex("C61E7A93744F39EE10734AFE3FF7A087")
        );
        assert_eq!(
            derive(Label::RtpSalt, 14),
            from_hex("30CBBC08863D8C85D49DB34A9AE1")
        );
        assert_eq!(
            derive(Label::RtpAuthentication, 94),
            from_hex(concat!(
                "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF7227098",
                "6371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2"
            ))
        );
    }

    #[test]
    fn a_key_of_the_wrong_length_is_refused_by_name() {
        let error = MasterKeys::new(Profile::AeadAes256Gcm, &[0; 16], &[0; 12]).err();
        assert_eq!(
            error.unwrap().to_string(),
            "the master key has 16 octets, the profile needs 32"
        );
        assert!(MasterKeys::new(Profile::AeadAes128Gcm, &[0; 16], &[0; 14]).is_err());
    }
}
