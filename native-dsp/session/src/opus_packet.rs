//! The framing of an Opus packet (RFC 6716 section 3), read without the codec: for decoders that must not
//! be handed garbage.

use crate::codec::MAX_PACKET_SAMPLES;

/// No frame is longer, in bytes (RFC 6716 section 3.4, requirement R2).
const MAX_FRAME_BYTES: usize = 1275;

/// Most frames in a packet: 120 ms of 2.5 ms ones (R5).
const MAX_FRAMES: usize = 48;

/// Samples at 48 kHz that a packet decodes to, from its first two bytes; `None` where there is no such
/// packet.
pub fn packet_samples(packet: &[u8]) -> Option<usize> {
    let (&toc, rest) = packet.split_first()?;
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => usize::from(*rest.first()? & 0x3f),
    };
    let samples = frames * frame_samples(toc);
    (1..=MAX_PACKET_SAMPLES)
        .contains(&samples)
        .then_some(samples)
}

/// Whether the lengths in a packet add up, by all of requirements R1 to R7: whether a decoder will take it.
pub fn is_well_formed(packet: &[u8]) -> bool {
    packet_samples(packet).is_some()
        && match packet {
            [toc, body @ ..] => frames_fit(*toc, body).is_some(),
            [] => false,
        }
}

/// By the configuration in the five upper bits (RFC 6716 section 3.1, table 2).
fn frame_samples(toc: u8) -> usize {
    let config = toc >> 3;
    match config {
        // SILK: 10, 20, 40 and 60 ms.
        0..=11 => [480, 960, 1920, 2880][usize::from(config & 3)],
        // Hybrid: 10 and 20 ms.
        12..=15 => [480, 960][usize::from(config & 1)],
        // CELT: 2.5, 5, 10 and 20 ms.
        _ => 120 << (config & 3),
    }
}

fn frames_fit(toc: u8, body: &[u8]) -> Option<()> {
    match toc & 3 {
        0 => fits(body.len()),
        1 => equal_frames(body.len(), 2),
        2 => {
            let (length, rest) = frame_length(body)?;
            fits(rest.len().checked_sub(length)?)
        }
        _ => counted_frames(body),
    }
}

/// Code 3: a count, padding, and lengths of their own or the same for all (RFC 6716 section 3.2.5).
fn counted_frames(body: &[u8]) -> Option<()> {
    let (&count_byte, mut body) = body.split_first()?;
    let count = usize::from(count_byte & 0x3f);
    if !(1..=MAX_FRAMES).contains(&count) {
        return None;
    }
    if count_byte & 0x40 != 0 {
        body = strip_padding(body)?;
    }
    if count_byte & 0x80 == 0 {
        return equal_frames(body.len(), count);
    }
    let mut total = 0;
    for _ in 1..count {
        let (length, rest) = frame_length(body)?;
        total += length;
        body = rest;
    }
    fits(body.len().checked_sub(total)?)
}

/// A byte of 255 stands for 254 bytes of padding and another length byte.
fn strip_padding(mut body: &[u8]) -> Option<&[u8]> {
    let mut padding = 0;
    loop {
        let (&byte, rest) = body.split_first()?;
        body = rest;
        padding += usize::from(byte.min(254));
        if byte != 255 {
            return body.get(..body.len().checked_sub(padding)?);
        }
    }
}

/// A length of one or two bytes (RFC 6716 section 3.2.1), and what follows it.
fn frame_length(body: &[u8]) -> Option<(usize, &[u8])> {
    match body {
        [first @ 0..=251, rest @ ..] => Some((usize::from(*first), rest)),
        [first, second, rest @ ..] => Some((usize::from(*first) + 4 * usize::from(*second), rest)),
        _ => None,
    }
}

fn equal_frames(bytes: usize, count: usize) -> Option<()> {
    fits(bytes / count).filter(|()| bytes.is_multiple_of(count))
}

fn fits(bytes: usize) -> Option<()> {
    (bytes <= MAX_FRAME_BYTES).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_table_2() {
        let samples = |toc: u8| packet_samples(&[toc]);
        assert_eq!(samples(0), Some(480));
        assert_eq!(samples(11 << 3), Some(2880));
        assert_eq!(samples(13 << 3), Some(960));
        assert_eq!(samples(16 << 3), Some(120));
        assert_eq!(samples(31 << 3 | 1), Some(1920));
        assert_eq!(packet_samples(&[3, 13]), None, "130 ms");
        assert_eq!(packet_samples(&[3, 12]), Some(5760));
        assert_eq!(packet_samples(&[3, 0]), None);
        assert_eq!(packet_samples(&[3]), None);
        assert_eq!(packet_samples(&[]), None);
    }

    #[cfg(feature = "libopus")]
    mod against_libopus {
        use proptest::prelude::*;

        use super::*;

        fn libopus_takes(packet: &[u8]) -> bool {
            let (mut toc, mut frames, mut sizes) = (0, [std::ptr::null(); 48], [0i16; 48]);
            // SAFETY: the pointers are to live memory of the sizes that the function documents.
            let count = unsafe {
                opusic_sys::opus_packet_parse(
                    packet.as_ptr(),
                    packet.len() as i32,
                    &mut toc,
                    frames.as_mut_ptr(),
                    sizes.as_mut_ptr(),
                    std::ptr::null_mut(),
                )
            };
            count > 0
        }

        fn libopus_samples(packet: &[u8]) -> Option<usize> {
            // SAFETY: the packet is not empty, and its length is true.
            let samples = unsafe {
                opusic_sys::opus_packet_get_nb_samples(packet.as_ptr(), packet.len() as i32, 48_000)
            };
            usize::try_from(samples).ok().filter(|samples| *samples > 0)
        }

        proptest! {
            #![proptest_config(ProptestConfig::with_cases(20_000))]

            #[test]
            fn both_take_and_refuse_the_same_packets(
                toc in any::<u8>(),
                count in prop_oneof![any::<u8>(), 1u8..5, 0x41u8..0x45, 0x81u8..0x85, 0xc1u8..0xc5],
                rest in prop_oneof![
                    proptest::collection::vec(any::<u8>(), 0..40),
                    proptest::collection::vec(0u8..8, 0..40),
                    proptest::collection::vec(250u8.., 0..1400),
                    proptest::collection::vec(any::<u8>(), 1270..1400),
                ],
            ) {
                let packet = [&[toc, count][..], &rest].concat();
                prop_assert_eq!(packet_samples(&packet), libopus_samples(&packet));
                prop_assert_eq!(is_well_formed(&packet), libopus_takes(&packet));
            }
        }
    }
}
