//! Both directions together, for every profile.

use super::*;
use crate::srtp::{MAX_OVERHEAD, Outbound, Profile};

fn contexts(profile: Profile) -> (Outbound, Inbound) {
    let (key, salt) = ([7; 32], [9; 14]);
    let keys = MasterKeys::new(
        profile,
        &key[..profile.key_len()],
        &salt[..profile.salt_len()],
    )
    .unwrap();
    (Outbound::new(&keys), Inbound::new(&keys))
}

fn rtp(ssrc: u32, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 111];
    packet.extend(sequence.to_be_bytes());
    packet.extend([0; 4]);
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..80).map(|n| n ^ sequence as u8));
    packet
}

fn rtcp(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1];
    packet.extend(ssrc.to_be_bytes());
    packet
}

fn protect(outbound: &mut Outbound, mut packet: Vec<u8>, is_rtcp: bool) -> Vec<u8> {
    let length = packet.len();
    packet.resize(length + MAX_OVERHEAD, 0);
    let length = match is_rtcp {
        true => outbound.protect_rtcp(&mut packet, length),
        false => outbound.protect_rtp(&mut packet, length),
    };
    packet.truncate(length.unwrap());
    packet
}

#[test]
fn what_was_protected_opens_over_every_wrap_of_the_sequence_number() {
    for profile in Profile::ALL {
        for start in [0u16, 1, 32_767, 65_535] {
            let (mut outbound, mut inbound) = contexts(profile);
            for step in 0..140_000u32 {
                let packet = rtp(1, start.wrapping_add(step as u16));
                // Two thirds of the stream are skipped quickly: each wrap is crossed packet by packet.
                if (20..65_000).contains(&(step % 65_536)) && !step.is_multiple_of(1_000) {
                    continue;
                }
                let mut wire = protect(&mut outbound, packet.clone(), false);
                let length = inbound.open_rtp(&mut wire).unwrap();
                assert_eq!(
                    wire[..length],
                    packet,
                    "{profile:?} from {start}, step {step}"
                );
            }
        }
    }
}

#[test]
fn a_replay_is_refused_and_does_not_disturb_what_follows() {
    for profile in Profile::ALL {
        let (mut outbound, mut inbound) = contexts(profile);
        for is_rtcp in [false, true] {
            for sequence in 0..20 {
                let packet = if is_rtcp { rtcp(1) } else { rtp(1, sequence) };
                let wire = protect(&mut outbound, packet, is_rtcp);
                let mut open = |mut wire: Vec<u8>| match is_rtcp {
                    true => inbound.open_rtcp(&mut wire),
                    false => inbound.open_rtp(&mut wire),
                };
                assert!(open(wire.clone()).is_ok());
                assert_eq!(open(wire), Err(Refusal::Replayed), "{profile:?}");
            }
        }
    }
}

#[test]
fn any_flipped_bit_is_noticed_and_leaves_the_stream_intact() {
    for profile in Profile::ALL {
        let (mut outbound, mut inbound) = contexts(profile);
        for is_rtcp in [false, true] {
            let packet = if is_rtcp { rtcp(1) } else { rtp(1, 4) };
            let wire = protect(&mut outbound, packet, is_rtcp);
            let mut open = |mut wire: Vec<u8>| match is_rtcp {
                true => inbound.open_rtcp(&mut wire),
                false => inbound.open_rtp(&mut wire),
            };
            for bit in 0..wire.len() * 8 {
                let mut tampered = wire.clone();
                tampered[bit / 8] ^= 1 << (bit % 8);
                assert!(open(tampered).is_err(), "{profile:?}, bit {bit}");
            }
            assert!(open(wire).is_ok(), "{profile:?}");
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    for profile in Profile::ALL {
        let (mut outbound, mut inbound) = contexts(profile);
        let wire = protect(&mut outbound, rtp(1, 4), false);
        let report = protect(&mut outbound, rtcp(1), true);
        for length in 0..wire.len() {
            assert!(inbound.open_rtp(&mut wire[..length].to_vec()).is_err());
        }
        for length in 0..report.len() {
            assert!(inbound.open_rtcp(&mut report[..length].to_vec()).is_err());
        }
    }
}

#[test]
fn unauthenticated_streams_take_no_place_and_authenticated_ones_only_so_many() {
    for profile in Profile::ALL {
        let (mut outbound, mut inbound) = contexts(profile);
        for ssrc in 100..10_000 {
            let mut forged = rtp(ssrc, 1);
            assert_eq!(inbound.open_rtp(&mut forged), Err(Refusal::Unauthentic));
        }
        for ssrc in 0..MAX_STREAMS as u32 {
            let mut wire = protect(&mut outbound, rtp(ssrc, 1), false);
            assert!(inbound.open_rtp(&mut wire).is_ok());
        }
        assert_eq!(
            inbound.open_rtp(&mut rtp(99, 1)),
            Err(Refusal::TooManyStreams)
        );
    }
}

#[test]
fn an_index_is_never_used_twice_for_sending() {
    for profile in Profile::ALL {
        let (mut outbound, _) = contexts(profile);
        protect(&mut outbound, rtp(1, 10), false);
        for sequence in [10, 9, 10u16.wrapping_add(1 << 15)] {
            let mut packet = rtp(1, sequence);
            let length = packet.len();
            packet.resize(length + MAX_OVERHEAD, 0);
            assert_eq!(
                outbound.protect_rtp(&mut packet, length),
                Err(Refusal::Replayed)
            );
        }
    }
}

#[test]
fn rtcp_that_was_not_encrypted_is_refused() {
    for profile in Profile::ALL {
        let (mut outbound, mut inbound) = contexts(profile);
        let mut report = protect(&mut outbound, rtcp(1), true);
        let tag = if profile == Profile::Aes128CmHmacSha1_80 {
            10
        } else {
            0
        };
        let word = report.len() - tag - 4;
        report[word] &= 0x7f;
        assert_eq!(inbound.open_rtcp(&mut report), Err(Refusal::NotEncrypted));
    }
}

#[test]
fn garbage_never_panics() {
    // A fixed linear congruential generator: the same garbage every time.
    let mut state = 1u64;
    let mut next = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    for profile in Profile::ALL {
        let (_, mut inbound) = contexts(profile);
        for _ in 0..20_000 {
            let length = next() as usize % 200;
            let mut packet: Vec<u8> = (0..length).map(|_| next() as u8).collect();
            if let Some(first) = packet.first_mut() {
                *first = 0x80 | *first & 0x3f;
            }
            assert!(inbound.open_rtp(&mut packet.clone()).is_err());
            assert!(inbound.open_rtcp(&mut packet).is_err());
        }
    }
}
