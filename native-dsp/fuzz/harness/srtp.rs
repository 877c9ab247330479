//! What the `srtp` target runs, so that `cargo test` runs the same: it takes any bytes and must return.

use remotemedia_plane::srtp::{
    Inbound, MAX_OVERHEAD, MAX_STREAMS, MasterKeys, Outbound, Profile, Refusal,
};

const MASTER_KEY: [u8; 32] = [0x5c; 32];
const MASTER_SALT: [u8; 14] = [0xa3; 14];

/// What became of the packets of one input.
#[derive(Default)]
pub struct Tally {
    pub opened: usize,
    pub refused: usize,
}

/// One packet of the input.
struct Step<'a> {
    /// Bit 0: RTCP; bit 1: protected with the right key and then damaged, otherwise as it is.
    kind: u8,
    /// Which stream, which gap in its sequence numbers, and which bit is damaged.
    place: usize,
    octets: &'a [u8],
}

/// Cuts the input into steps: one byte of kind, two of place, two of length.
fn steps(mut data: &[u8]) -> impl Iterator<Item = Step<'_>> {
    std::iter::from_fn(move || {
        let [kind, p1, p0, l1, l0] = *data.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([l1, l0])) % 1500;
        let (octets, rest) = data[5..].split_at(length.min(data.len() - 5));
        data = rest;
        let place = usize::from(u16::from_be_bytes([p1, p0]));
        Some(Step {
            kind,
            place,
            octets,
        })
    })
}

type Open = fn(&mut Inbound, &mut [u8]) -> Result<usize, Refusal>;

/// Nobody without the key gets a packet in; no such try harms what comes with the key, whose every packet
/// is opened once.
pub fn srtp(data: &[u8]) -> Tally {
    let mut tally = Tally::default();
    let Some((profile, data)) = data.split_first() else {
        return tally;
    };
    let profile = Profile::ALL[usize::from(*profile) % Profile::ALL.len()];
    let (key, salt) = (
        &MASTER_KEY[..profile.key_len()],
        &MASTER_SALT[..profile.salt_len()],
    );
    let master = MasterKeys::new(profile, key, salt).unwrap();
    let (mut inbound, mut outbound) = (Inbound::new(&master), Outbound::new(&master));
    let mut sequences = [0u16; MAX_STREAMS];
    for step in steps(data) {
        let is_rtcp = step.kind & 1 != 0;
        let open: Open = match is_rtcp {
            true => Inbound::open_rtcp,
            false => Inbound::open_rtp,
        };
        if step.kind & 2 == 0 {
            assert!(open(&mut inbound, &mut step.octets.to_vec()).is_err());
            tally.refused += 1;
            continue;
        }
        let plain = packet(&step, is_rtcp, &mut sequences);
        let mut protected = plain.clone();
        protected.resize(plain.len() + MAX_OVERHEAD, 0);
        let length = match is_rtcp {
            true => outbound.protect_rtcp(&mut protected, plain.len()),
            false => outbound.protect_rtp(&mut protected, plain.len()),
        };
        // The input may have asked for more contributing sources than it has octets.
        let Ok(length) = length else { continue };
        protected.truncate(length);
        check(&mut inbound, open, &protected, &plain, step.place);
        tally.opened += 1;
        tally.refused += 3;
    }
    tally
}

/// A packet of one of the streams, whose next sequence number it takes.
fn packet(step: &Step<'_>, is_rtcp: bool, sequences: &mut [u16; MAX_STREAMS]) -> Vec<u8> {
    let stream = step.place % MAX_STREAMS;
    let mut packet = step.octets.to_vec();
    packet.resize(packet.len().max(12), 0);
    packet[0] = 0x80 | packet[0] & 0x3f;
    let ssrc = 0xface_0000 + stream as u32;
    if is_rtcp {
        packet[4..8].copy_from_slice(&ssrc.to_be_bytes());
    } else {
        // Less than half the range, beyond which the receiver must take it for an old one.
        let gap = (step.place % 0x7fff) as u16;
        sequences[stream] = sequences[stream].wrapping_add(1 + gap);
        packet[2..4].copy_from_slice(&sequences[stream].to_be_bytes());
        packet[8..12].copy_from_slice(&ssrc.to_be_bytes());
    }
    packet
}

/// Damaged, cut short, whole, and again.
fn check(inbound: &mut Inbound, open: Open, protected: &[u8], plain: &[u8], place: usize) {
    let bit = place % (protected.len() * 8);
    let mut damaged = protected.to_vec();
    damaged[bit / 8] ^= 1 << (bit % 8);
    assert!(open(inbound, &mut damaged).is_err(), "bit {bit}");
    let mut short = protected[..place % protected.len()].to_vec();
    assert!(open(inbound, &mut short).is_err(), "{} octets", short.len());
    let mut whole = protected.to_vec();
    assert_eq!(open(inbound, &mut whole), Ok(plain.len()));
    assert_eq!(&whole[..plain.len()], plain);
    assert_eq!(
        open(inbound, &mut protected.to_vec()),
        Err(Refusal::Replayed)
    );
}
