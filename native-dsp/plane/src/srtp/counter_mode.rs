//! AES in counter mode with HMAC-SHA1, 80-bit tags (RFC 3711, sections 4.1.1 and 4.2.1).

use aes::Aes128;
use aes::cipher::{InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::Refusal;
use super::header::RTCP_HEADER_LEN;

pub(super) const TAG_LEN: usize = 10;
const INDEX_LEN: usize = 4;

/// The session keys, expanded once.
pub(super) struct CounterMode {
    aes: Aes128,
    hmac: Hmac<Sha1>,
    salt: [u8; 14],
}

impl CounterMode {
    /// An encryption key of 16 octets and an authentication key of 20.
    pub fn new(key: &[u8], authentication_key: &[u8], salt: [u8; 14]) -> Self {
        Self {
            aes: Aes128::new_from_slice(key).expect("the profile fixes the length"),
            hmac: Hmac::new_from_slice(authentication_key).expect("any length will do"),
            salt,
        }
    }

    pub fn seal_rtp(
        &self,
        packet: &mut [u8],
        length: usize,
        header: usize,
        ssrc: u32,
        index: u64,
    ) -> usize {
        self.apply_keystream(&mut packet[header..length], ssrc, index);
        let tag = self
            .rtp_mac(&packet[..length], index)
            .finalize()
            .into_bytes();
        packet[length..length + TAG_LEN].copy_from_slice(&tag[..TAG_LEN]);
        length + TAG_LEN
    }

    pub fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<usize, Refusal> {
        let (body, tag) = packet
            .split_last_chunk_mut::<TAG_LEN>()
            .ok_or(Refusal::Malformed)?;
        if body.len() < header {
            return Err(Refusal::Malformed);
        }
        let mac = self.rtp_mac(body, index);
        mac.verify_truncated_left(tag)
            .map_err(|_| Refusal::Unauthentic)?;
        self.apply_keystream(&mut body[header..], ssrc, index);
        Ok(body.len())
    }

    /// `word` is the index with the encryption flag; the tag follows it and covers it.
    pub fn seal_rtcp(&self, packet: &mut [u8], length: usize, ssrc: u32, word: [u8; 4]) -> usize {
        self.apply_keystream(&mut packet[RTCP_HEADER_LEN..length], ssrc, rtcp_index(word));
        packet[length..length + INDEX_LEN].copy_from_slice(&word);
        let end = length + INDEX_LEN;
        let tag = self
            .hmac
            .clone()
            .chain_update(&packet[..end])
            .finalize()
            .into_bytes();
        packet[end..end + TAG_LEN].copy_from_slice(&tag[..TAG_LEN]);
        end + TAG_LEN
    }

    pub fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, word: [u8; 4]) -> Result<usize, Refusal> {
        let (body, tag) = packet
            .split_last_chunk_mut::<TAG_LEN>()
            .ok_or(Refusal::Malformed)?;
        if body.len() < RTCP_HEADER_LEN + INDEX_LEN {
            return Err(Refusal::Malformed);
        }
        let mac = self.hmac.clone().chain_update(&*body);
        mac.verify_truncated_left(tag)
            .map_err(|_| Refusal::Unauthentic)?;
        let length = body.len() - INDEX_LEN;
        self.apply_keystream(&mut body[RTCP_HEADER_LEN..length], ssrc, rtcp_index(word));
        Ok(length)
    }

    /// RFC 3711, section 4.2: the tag covers the packet and the rollover counter.
    fn rtp_mac(&self, packet: &[u8], index: u64) -> Hmac<Sha1> {
        let rollovers = (index >> 16) as u32;
        self.hmac
            .clone()
            .chain_update(packet)
            .chain_update(rollovers.to_be_bytes())
    }

    /// RFC 3711, section 4.1.1: the initial counter is salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
    fn apply_keystream(&self, text: &mut [u8], ssrc: u32, index: u64) {
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&self.salt);
        for (octet, ssrc) in counter[4..8].iter_mut().zip(ssrc.to_be_bytes()) {
            *octet ^= ssrc;
        }
        for (octet, index) in counter[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
            *octet ^= index;
        }
        let core =
            ctr::CtrCore::<_, ctr::flavors::Ctr128BE>::inner_iv_init(&self.aes, &counter.into());
        StreamCipherCoreWrapper::from_core(core).apply_keystream(text);
    }
}

fn rtcp_index(word: [u8; 4]) -> u64 {
    u64::from(u32::from_be_bytes(word) & 0x7fff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::srtp::header::from_hex;

    #[test]
    fn the_keystream_is_that_of_rfc_3711_appendix_b_2() {
        let key = from_hex("2B7E151628AED2A6ABF7158809CF4F3C");
        let salt = from_hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
        let mode = CounterMode::new(&key, &[0; 20], salt);
        let mut stream = [0; 48];
        mode.apply_keystream(&mut stream, 0, 0);
        assert_eq!(
            stream.to_vec(),
            from_hex(concat!(
                "E03EAD0935C95E80E166B16DD92B4EB4",
                "D23513162B02D0F72A43A2FE4A5F97AB",
                "41E95B3BB0A2E8DD477901E4FCA894C0"
            ))
        );
    }
}
