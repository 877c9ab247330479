//! AES in Galois/counter mode (RFC 7714).

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::Refusal;
use super::header::RTCP_HEADER_LEN;

const TAG_LEN: usize = 16;
const INDEX_LEN: usize = 4;

/// A session key and salt. Nonces are unique because no index is used twice for a stream: the sender
/// counts up, and a receiver's nonce harms nobody.
pub(super) struct Gcm {
    key: LessSafeKey,
    salt: [u8; 12],
}

impl Gcm {
    /// A key of 16 or 32 octets.
    pub fn new(key: &[u8], salt: [u8; 12]) -> Self {
        let algorithm = if key.len() == 32 {
            &AES_256_GCM
        } else {
            &AES_128_GCM
        };
        let key = UnboundKey::new(algorithm, key).expect("the profile fixes the length");
        Self {
            key: LessSafeKey::new(key),
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
        let nonce = self.rtp_nonce(ssrc, index);
        let (head, body) = packet.split_at_mut(header);
        let (text, rest) = body.split_at_mut(length - header);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(&*head), text)
            .expect("a packet is shorter than GCM's limit");
        rest[..TAG_LEN].copy_from_slice(tag.as_ref());
        length + TAG_LEN
    }

    pub fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        ssrc: u32,
        index: u64,
    ) -> Result<usize, Refusal> {
        if packet.len() < header + TAG_LEN {
            return Err(Refusal::Malformed);
        }
        let nonce = self.rtp_nonce(ssrc, index);
        let (head, body) = packet.split_at_mut(header);
        let text = self
            .key
            .open_in_place(nonce, Aad::from(&*head), body)
            .map_err(|_| Refusal::Unauthentic)?;
        Ok(header + text.len())
    }

    /// `word` is the index with the encryption flag; it follows the tag (RFC 7714, section 9.2).
    pub fn seal_rtcp(&self, packet: &mut [u8], length: usize, ssrc: u32, word: [u8; 4]) -> usize {
        let nonce = self.rtcp_nonce(ssrc, word);
        let (head, body) = packet.split_at_mut(RTCP_HEADER_LEN);
        let (text, rest) = body.split_at_mut(length - RTCP_HEADER_LEN);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(rtcp_aad(head, word)), text)
            .expect("a packet is shorter than GCM's limit");
        rest[..TAG_LEN].copy_from_slice(tag.as_ref());
        rest[TAG_LEN..][..INDEX_LEN].copy_from_slice(&word);
        length + TAG_LEN + INDEX_LEN
    }

    pub fn open_rtcp(&self, packet: &mut [u8], ssrc: u32, word: [u8; 4]) -> Result<usize, Refusal> {
        if packet.len() < RTCP_HEADER_LEN + TAG_LEN + INDEX_LEN {
            return Err(Refusal::Malformed);
        }
        let end = packet.len() - INDEX_LEN;
        let (head, body) = packet[..end].split_at_mut(RTCP_HEADER_LEN);
        let text = self
            .key
            .open_in_place(
                self.rtcp_nonce(ssrc, word),
                Aad::from(rtcp_aad(head, word)),
                body,
            )
            .map_err(|_| Refusal::Unauthentic)?;
        Ok(RTCP_HEADER_LEN + text.len())
    }

    /// RFC 7714, section 8.1: two zero octets, SSRC, rollover counter and sequence number, over the salt.
    fn rtp_nonce(&self, ssrc: u32, index: u64) -> Nonce {
        let mut nonce = [0; 12];
        nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
        nonce[6..].copy_from_slice(&index.to_be_bytes()[2..]);
        self.salted(nonce)
    }

    /// RFC 7714, section 9.1: two zero octets, SSRC, two zero octets, 31-bit index, over the salt.
    fn rtcp_nonce(&self, ssrc: u32, word: [u8; 4]) -> Nonce {
        let mut nonce = [0; 12];
        nonce[2..6].copy_from_slice(&ssrc.to_be_bytes());
        nonce[8..].copy_from_slice(&word);
        nonce[8] &= 0x7f;
        self.salted(nonce)
    }

    fn salted(&self, mut nonce: [u8; 12]) -> Nonce {
        for (octet, salt) in nonce.iter_mut().zip(self.salt) {
            *octet ^= salt;
        }
        Nonce::assume_unique_for_key(nonce)
    }
}

/// RFC 7714, section 9.2: the readable header and the index word are authenticated.
fn rtcp_aad(head: &[u8], word: [u8; 4]) -> [u8; RTCP_HEADER_LEN + INDEX_LEN] {
    let mut aad = [0; RTCP_HEADER_LEN + INDEX_LEN];
    aad[..RTCP_HEADER_LEN].copy_from_slice(head);
    aad[RTCP_HEADER_LEN..].copy_from_slice(&word);
    aad
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::srtp::header::from_hex;

    const KEY_128: &str = "000102030405060708090a0b0c0d0e0f";
    const KEY_256: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const SALT: &[u8; 12] = b"Quid pro quo";

    /// The RTP packet of RFC 7714, section 16.
    fn rtp() -> Vec<u8> {
        let mut packet = from_hex("8040f17b 8041f8d3 5501a0b2");
        packet.extend(b"Gallia est omnis divisa in partes tres");
        packet
    }

    /// The RTCP packet of RFC 7714, section 17.
    fn rtcp() -> Vec<u8> {
        from_hex(concat!(
            "81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61",
            "deadbeef deadbeef deadbeef deadbeef deadbeef"
        ))
    }

    #[test]
    fn rtp_is_protected_as_in_rfc_7714_section_16() {
        for (key, expected) in [
            (
                KEY_128,
                concat!(
                    "8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a",
                    "51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce"
                ),
            ),
            (
                KEY_256,
                concat!(
                    "8040f17b 8041f8d3 5501a0b2 32b1de78 a822fe12 ef9f78fa 332e33aa b1801238 9a58e2f3 b50b2a02",
                    "76ffae0f 1ba63799 b87b7aa3 db36dfff d6b0f9bb 7878d7a7 6c13"
                ),
            ),
        ] {
            let gcm = Gcm::new(&from_hex(key), *SALT);
            let mut packet = rtp();
            let length = packet.len();
            packet.resize(length + TAG_LEN, 0);
            assert_eq!(
                gcm.seal_rtp(&mut packet, length, 12, 0x5501_a0b2, 0xf17b),
                packet.len()
            );
            assert_eq!(packet, from_hex(expected));
            assert_eq!(
                gcm.open_rtp(&mut packet, 12, 0x5501_a0b2, 0xf17b),
                Ok(length)
            );
            assert_eq!(packet[..length], rtp());
        }
    }

    #[test]
    fn rtcp_is_protected_as_in_rfc_7714_section_17() {
        let gcm = Gcm::new(&from_hex(KEY_128), *SALT);
        let mut packet = rtcp();
        let length = packet.len();
        packet.resize(length + TAG_LEN + INDEX_LEN, 0);
        let word = from_hex("800005d4").try_into().unwrap();
        gcm.seal_rtcp(&mut packet, length, 0x4d61_7273, word);
        assert_eq!(
            packet,
            from_hex(concat!(
                "81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1 730d6fda",
                "4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4"
            ))
        );
        assert_eq!(gcm.open_rtcp(&mut packet, 0x4d61_7273, word), Ok(length));
        assert_eq!(packet[..length], rtcp());
    }
}
