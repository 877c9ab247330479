//! Telling apart what arrives on the one port (RFC 7983, and RFC 5761 for RTCP), and the one thing about
//! STUN that the plane must know: whose request it is.

/// What a datagram is, by its first octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Stun,
    Dtls,
    Rtp,
    Rtcp,
    Unknown,
}

/// Classifies a datagram without trusting it.
pub(crate) fn kind(datagram: &[u8]) -> Kind {
    match datagram {
        [0..=3, ..] => Kind::Stun,
        [20..=63, ..] => Kind::Dtls,
        // Payload types 64 to 95 are left to RTCP (RFC 5761, section 4).
        [128..=191, second, ..] if (64..96).contains(&(second & 0x7f)) => Kind::Rtcp,
        [128..=191, _, ..] => Kind::Rtp,
        _ => Kind::Unknown,
    }
}

const BINDING_REQUEST: u16 = 0x0001;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;

/// What a STUN datagram says about its session.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stun<'a> {
    /// A binding request for the session of this local user name fragment.
    RequestFor(&'a [u8]),
    /// An answer or an indication: its session goes by its address.
    Other,
    /// Not STUN (RFC 8489, section 5), or a request without a user name.
    Malformed,
}

/// Reads a STUN datagram as far as the plane needs. Integrity is checked where the password is: in
/// JavaScript.
pub(crate) fn stun(datagram: &[u8]) -> Stun<'_> {
    let Some((header, mut attributes)) = datagram.split_first_chunk::<20>() else {
        return Stun::Malformed;
    };
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if header[4..8] != MAGIC_COOKIE || length != attributes.len() || !length.is_multiple_of(4) {
        return Stun::Malformed;
    }
    if u16::from_be_bytes([header[0], header[1]]) != BINDING_REQUEST {
        return Stun::Other;
    }
    while let Some(([t0, t1, l0, l1], rest)) = attributes.split_first_chunk::<4>() {
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let Some(value) = rest.get(..length) else {
            break;
        };
        if u16::from_be_bytes([*t0, *t1]) == USERNAME {
            // `local:remote` as seen from the receiver (RFC 8445, section 7.2.2).
            let colon = value.iter().position(|octet| *octet == b':');
            return colon.map_or(Stun::Malformed, |colon| Stun::RequestFor(&value[..colon]));
        }
        attributes = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Stun::Malformed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut datagram = vec![0, 1, 0, attributes.len() as u8];
        datagram.extend(MAGIC_COOKIE);
        datagram.extend([5; 12]);
        datagram.extend(attributes);
        datagram
    }

    #[test]
    fn first_octets_tell_the_protocols_apart() {
        for first in 0..=255 {
            let expected = match first {
                0..=3 => Kind::Stun,
                20..=63 => Kind::Dtls,
                128..=191 => Kind::Rtp,
                _ => Kind::Unknown,
            };
            assert_eq!(kind(&[first, 111]), expected);
        }
        assert_eq!(kind(&[0x80, 200]), Kind::Rtcp);
        assert_eq!(kind(&[0x80, 0x80 | 63]), Kind::Rtp);
        assert_eq!(kind(&[]), Kind::Unknown);
        assert_eq!(kind(&[0x80]), Kind::Unknown);
    }

    #[test]
    fn a_request_names_its_session_by_the_part_before_the_colon() {
        let software = [0x80, 0x22, 0, 3, b'a', b'b', b'c', 0];
        let username = [
            0, 6, 0, 9, b'g', b'a', b't', b'e', b':', b'p', b'e', b'e', b'r', 0, 0, 0,
        ];
        let datagram = request(&[&software[..], &username].concat());
        assert_eq!(stun(&datagram), Stun::RequestFor(b"gate"));
        let mut answer = datagram;
        answer[..2].copy_from_slice(&[1, 1]);
        assert_eq!(stun(&answer), Stun::Other);
    }

    #[test]
    fn lies_about_lengths_are_malformed() {
        for attributes in [
            &[][..],
            &[0, 6, 0, 200, b'a', b':', b'b', 0],
            &[0, 6, 0, 4, b'a', b'b', b'c', b'd'],
            &[0, 9, 255, 255, 0, 0, 0, 0],
        ] {
            assert_eq!(
                stun(&request(attributes)),
                Stun::Malformed,
                "{attributes:?}"
            );
        }
        let whole = request(&[0, 6, 0, 4, b'a', b':', b'b', b'c']);
        for length in 0..whole.len() {
            assert_eq!(stun(&whole[..length]), Stun::Malformed);
        }
    }
}
